-- Where the schedule stands. One row: the run that is not over; since when the next moment counts; when a run of the
-- schedule was last done. Indexes: retention_runs_open, retention_policies_pkey; runs are few.
SELECT (SELECT id FROM retention_runs WHERE ended_at IS NULL) AS open_run,
       COALESCE(
           (SELECT MAX(asked_at) FROM retention_runs WHERE due_at IS NOT NULL),
           (SELECT set_at FROM retention_policies ORDER BY version LIMIT 1)
       ) AS since,
       (SELECT MAX(ended_at) FROM retention_runs WHERE due_at IS NOT NULL AND outcome = 'done') AS last_done
