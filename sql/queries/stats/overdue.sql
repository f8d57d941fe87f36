-- How many running deadlines have passed, by region: a row a region that has any.
-- $1 timestamptz now. Index: complaints_by_due, which alone is read.
SELECT region_id, COUNT(*) AS overdue
FROM complaints
WHERE due_at < $1
GROUP BY region_id
