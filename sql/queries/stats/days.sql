-- What happened on each day that was counted. A row a day and region; of all
-- regions together a row a day.
-- $1 text[] regions or NULL for all, $2 date first day, $3 date the day behind the last.
-- Index: day_figures_pkey.
SELECT region_id, day, opened, resolved, steps, acknowledged, settled
FROM day_figures
WHERE day >= $2 AND day < $3
  AND region_id = ANY (COALESCE($1::text[], ARRAY['']))
