-- Gives the migration lock back.
SELECT pg_advisory_unlock(7265647265737301)
