-- A page of runs, the latest first. $1 timestamptz and $2 uuid: the last one of the page before, or NULL, $3 bigint: how many.
-- Index: retention_runs_by_time.
SELECT id, origin, due_at, asked_at, asked_by, policy, only_status, days, plan, begun_at, node, bytes_freed, ended_at, outcome,
       failure
FROM retention_runs
WHERE (asked_at, id) < (
    COALESCE($1::timestamptz, 'infinity'),
    COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
)
ORDER BY asked_at DESC, id DESC
LIMIT $3
