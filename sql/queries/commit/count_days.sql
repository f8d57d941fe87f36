-- Counts the days on which something that figures count happened to complaints, if they are over and were not counted:
-- their events go. $1 uuid[]: the complaints, locked. $2 date: the first day that is not over.
-- Index: events_by_complaint, counted_days_pkey, events_by_time.
WITH wanted AS (
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date AS day
    FROM events
    WHERE complaint_id = ANY ($1) AND status_after IS NOT NULL
), fresh AS (
    INSERT INTO counted_days (day)
    SELECT day
    FROM wanted
    WHERE day < $2 AND NOT EXISTS (SELECT FROM counted_days WHERE counted_days.day = wanted.day)
    ORDER BY day
    ON CONFLICT DO NOTHING
    RETURNING day
)
INSERT INTO day_figures (region_id, day, opened, resolved, steps, acknowledged, settled)
SELECT figures.region_id, figures.day, figures.opened, figures.resolved, figures.steps,
       figures.acknowledged, figures.settled
FROM fresh
CROSS JOIN LATERAL figures_between(fresh.day::timestamp AT TIME ZONE 'UTC',
                                   (fresh.day + 1)::timestamp AT TIME ZONE 'UTC') AS figures
