-- So many days ago or more were about so many complaints closed. $1 bigint: how many. Index: complaints_by_end.
SELECT EXTRACT(DAY FROM now() - status_since)::bigint AS days
FROM complaints
WHERE status = 'closed' AND status IN ('resolved', 'closed', 'rejected')
ORDER BY status_since
OFFSET $1
LIMIT 1
