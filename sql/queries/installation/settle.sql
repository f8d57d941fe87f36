-- Takes the history that the database has now for the known one. Another one than before begins a new epoch,
-- unless an operator said that it is the same. Of several nodes at once the first one does it. One row.
UPDATE installation
SET epoch = CASE
        WHEN installation.history IS NULL OR installation.kept_until > now() THEN installation.epoch
        ELSE substr(md5(gen_random_uuid()::text), 1, 8)
    END,
    history = present.history,
    kept_until = NULL
FROM (SELECT database_history() AS history) AS present
WHERE installation.history IS DISTINCT FROM present.history
