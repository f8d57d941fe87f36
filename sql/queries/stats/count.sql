-- Counts the days of a range that are over and were not counted yet, once: of two at the same time one
-- waits for the other and then has nothing to do.
-- $1 date first day, $2 date the day behind the last. Index: events_by_time.
WITH fresh AS (
    INSERT INTO counted_days (day)
    SELECT wanted.day::date
    FROM generate_series($1::date, $2::date - 1, interval '1 day') AS wanted (day)
    ON CONFLICT DO NOTHING
    RETURNING day
)
INSERT INTO day_figures (region_id, day, opened, resolved, steps, acknowledged, settled)
SELECT figures.region_id, figures.day, figures.opened, figures.resolved, figures.steps,
       figures.acknowledged, figures.settled
FROM figures_between($1::date::timestamp AT TIME ZONE 'UTC', $2::date::timestamp AT TIME ZONE 'UTC') AS figures
JOIN fresh USING (day)
