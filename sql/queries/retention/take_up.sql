-- Takes up the run that is not over, for whoever has the lock. $1 text: node. At most one row.
-- Index: retention_runs_open.
UPDATE retention_runs
SET begun_at = COALESCE(begun_at, clock_timestamp()), node = $1, attempts = attempts + 1
WHERE ended_at IS NULL
RETURNING id, origin, plan, attempts, at_status, at_since, at_id
