-- Ends a run, and counts by its tombstones what it did: a node that was killed may have done a batch without a note of it.
-- $1 uuid: run, $2 text: done or failed, $3 text or NULL: why it failed.
-- Indexes: retention_runs_pkey, retention_counts_pkey, tombstones_by_run.
WITH did AS (
    SELECT status,
           COUNT(*) FILTER (WHERE mode = 'erase') AS erased,
           COUNT(*) FILTER (WHERE mode = 'anonymise') AS anonymised,
           SUM(bytes)::bigint AS bytes
    FROM tombstones
    WHERE run_id = $1
    GROUP BY status
), counted AS (
    INSERT INTO retention_counts AS known (run_id, status, erased, anonymised)
    SELECT $1, status, erased, anonymised FROM did
    ON CONFLICT (run_id, status) DO UPDATE
    SET erased = EXCLUDED.erased, anonymised = EXCLUDED.anonymised
)
UPDATE retention_runs
SET ended_at = clock_timestamp(), outcome = $2, failure = $3,
    bytes_freed = COALESCE((SELECT SUM(bytes)::bigint FROM did), 0)
WHERE id = $1 AND ended_at IS NULL
