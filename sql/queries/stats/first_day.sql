-- The day (UTC) of the earliest event; no row when there is none. No parameters. Index: events_by_time.
SELECT (at AT TIME ZONE 'UTC')::date AS day
FROM events
ORDER BY at
LIMIT 1
