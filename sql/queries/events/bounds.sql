-- The number of a region's last event, and up to which number events may be missing. $1 text: region.
-- Index: region_heads_pkey.
SELECT head, floor FROM region_heads WHERE region_id = $1
