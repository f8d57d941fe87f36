-- The number of a region's last event. $1 text: region. Index: region_heads_pkey.
SELECT head FROM region_heads WHERE region_id = $1
