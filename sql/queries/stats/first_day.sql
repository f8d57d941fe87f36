-- The day (UTC) of the earliest event that is left of any region; NULL when there is none. One row. No parameters.
-- Index: events_pkey.
SELECT MIN(first.at AT TIME ZONE 'UTC')::date AS day
FROM region_heads
CROSS JOIN LATERAL (
    SELECT at FROM events WHERE events.region_id = region_heads.region_id ORDER BY seq LIMIT 1
) AS first
