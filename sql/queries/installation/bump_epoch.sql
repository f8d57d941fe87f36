-- Begins a new epoch. One row.
UPDATE installation
SET epoch = substr(md5(gen_random_uuid()::text), 1, 8), history = database_history(), kept_until = NULL
RETURNING epoch
