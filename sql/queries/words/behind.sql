-- How many events of all regions the words do not follow yet. Reads one row a region twice.
SELECT COALESCE(SUM(region_heads.head - COALESCE(word_heads.seq, 0)), 0)::bigint AS behind
FROM region_heads LEFT JOIN word_heads USING (region_id)
