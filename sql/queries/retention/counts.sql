-- What runs found and did, by status. $1 uuid[]: their ids. Index: retention_counts_pkey.
SELECT run_id, status, due, erased, anonymised, held, spared, failed
FROM retention_counts
WHERE run_id = ANY ($1)
