-- The next number of a region, kept locked to the commit. $1 text: region. Index: region_heads_pkey.
UPDATE region_heads SET head = head + 1 WHERE region_id = $1 RETURNING head
