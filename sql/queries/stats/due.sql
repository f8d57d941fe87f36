-- How many deadlines have passed, and how many pass soon. One row.
-- $1 text[] regions or NULL for all, $2 timestamptz now, $3 timestamptz until when is soon.
-- Index: complaints_by_due.
SELECT COUNT(*) FILTER (WHERE due_at < $2) AS overdue,
       COUNT(*) FILTER (WHERE due_at >= $2) AS soon
FROM complaints
WHERE due_at < $3
  AND ($1::text[] IS NULL OR region_id = ANY ($1))
