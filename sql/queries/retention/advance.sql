-- Notes what became of a page and how far the run is, together. Its commit waits for no flush: behind it on disk is all
-- that it tells of, and a run that lost it goes over the page again and finds it done.
-- $1 uuid: run. $2 text, $3 timestamptz, $4 uuid: status, time and id of the last complaint of the page.
-- $5 to $9 bigint: erased, anonymised, held, spared, failed.
-- Indexes: retention_runs_pkey, retention_counts_pkey.
WITH counted AS (
    INSERT INTO retention_counts AS known (run_id, status, erased, anonymised, held, spared, failed)
    VALUES ($1, $2, $5, $6, $7, $8, $9)
    ON CONFLICT (run_id, status) DO UPDATE
    SET erased = known.erased + EXCLUDED.erased,
        anonymised = known.anonymised + EXCLUDED.anonymised,
        held = known.held + EXCLUDED.held,
        spared = known.spared + EXCLUDED.spared,
        failed = known.failed + EXCLUDED.failed
)
UPDATE retention_runs AS run
SET at_status = $2, at_since = $3, at_id = $4, attempts = 0
FROM (SELECT set_config('synchronous_commit', 'off', true) AS value) AS flush
WHERE run.id = $1 AND run.ended_at IS NULL AND flush.value = 'off'
