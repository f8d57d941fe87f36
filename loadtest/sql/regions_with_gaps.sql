-- Regions whose events are not numbered from 1 to the region's counter without a gap. No parameters.
SELECT COUNT(*)
FROM region_heads AS counter
LEFT JOIN (
    SELECT region_id, COUNT(*) AS events, MAX(seq) AS last FROM events GROUP BY region_id
) AS counted USING (region_id)
WHERE counter.head <> COALESCE(counted.events, 0) OR counter.head <> COALESCE(counted.last, 0)
