-- The indexes that can be made again afterwards, each with the statement that makes it.
SELECT format('%I.%I', schemaname, indexname) AS name, indexdef AS made_by
FROM pg_indexes
WHERE schemaname = current_schema()
  AND tablename IN ('complaints', 'complaint_words', 'events')
  AND indexname NOT LIKE '%\_pkey'
