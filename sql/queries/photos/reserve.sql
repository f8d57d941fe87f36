-- Takes bytes of a submitter's day (UTC); no row when they are more than what is left. Its commit waits for no flush:
-- all who send with one API key count in one row, and each would hold the next until the disk has answered. What a
-- crash of the database forgets is less than a second of counting.
-- $1 bytea: submitter, $2 int8: bytes, $3 int8: most of a day. Index: photo_days_pkey.
INSERT INTO photo_days AS today (day, submitter, bytes)
SELECT (now() AT TIME ZONE 'UTC')::date, $1::bytea, $2::int8
FROM (SELECT set_config('synchronous_commit', 'off', true) AS value) AS flush
WHERE $2::int8 <= $3::int8 AND flush.value = 'off'
ON CONFLICT (day, submitter) DO UPDATE
SET bytes = today.bytes + EXCLUDED.bytes
WHERE today.bytes + EXCLUDED.bytes <= $3::int8
RETURNING bytes
