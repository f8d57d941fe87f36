-- What happened on each day since one, from the events themselves. A row a day and region; of all
-- regions together a row a day.
-- $1 text[] regions or NULL for all, $2 timestamptz the beginning of the first day, $3 timestamptz now.
-- Index: events_by_time.
SELECT region_id, day, opened, resolved, steps, acknowledged, settled
FROM figures_between($2, $3)
WHERE region_id = ANY (COALESCE($1::text[], ARRAY['']))
