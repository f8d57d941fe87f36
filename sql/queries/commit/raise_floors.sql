-- Raises the floors of regions, whose rows the events of the batch have locked. $1 text[] region, $2 int8[] floor.
-- Index: region_heads_pkey.
UPDATE region_heads AS head
SET floor = GREATEST(head.floor, raised.floor)
FROM UNNEST($1::text[], $2::int8[]) AS raised (region_id, floor)
WHERE head.region_id = raised.region_id
