-- Asks for a run, unless one is not over or the moment of the schedule has its run. One row: the id if it was asked for, and
-- the run in the way if it is known.
-- $1 uuid: id. $2 text: origin. $3 timestamptz or NULL: moment of the schedule. $4 timestamptz: now. $5 uuid or NULL: admin.
-- $6 bigint: policy. $7 text or NULL: only this status. $8 integer or NULL: days. $9 json: plan.
-- Indexes: retention_runs_open, retention_runs_due_at_key.
WITH asked AS (
    INSERT INTO retention_runs (id, origin, due_at, asked_at, asked_by, policy, only_status, days, plan)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT (SELECT id FROM asked) AS asked,
       (SELECT id FROM retention_runs WHERE ended_at IS NULL) AS open_run
