-- Notes what is due when a run begins; what was noted before stays. $1 uuid: run, $2 text[]: statuses, $3 bigint[]: how many.
INSERT INTO retention_counts (run_id, status, due)
SELECT $1, status, due
FROM unnest($2::text[], $3::bigint[]) AS found (status, due)
ON CONFLICT (run_id, status) DO NOTHING
