-- Those of the given regions that do not exist. $1 text[]: ids.
-- Relies on the primary key of regions.
SELECT wanted.region_id
FROM unnest($1::text[]) AS wanted (region_id)
WHERE NOT EXISTS (SELECT 1 FROM regions WHERE regions.id = wanted.region_id)
