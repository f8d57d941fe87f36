-- A run. $1 uuid: id. Index: retention_runs_pkey.
SELECT id, origin, due_at, asked_at, asked_by, policy, only_status, days, plan, begun_at, node, bytes_freed, ended_at, outcome,
       failure
FROM retention_runs
WHERE id = $1
