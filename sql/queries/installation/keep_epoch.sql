-- Takes the history that the database has now, and the next one that is found within an hour, for the one that the
-- epoch stands for. One row.
UPDATE installation
SET history = database_history(), kept_until = now() + interval '1 hour'
RETURNING epoch, kept_until
