-- Takes the migration lock of this database, waiting for whoever holds it.
-- Held by the session: freed when the process dies.
SELECT pg_advisory_lock(7265647265737301)
