-- A region's head, its floor and how many complaints are in each status, from one snapshot.
-- $1 text: region. Index: complaints_by_region_status.
SELECT head.head, head.floor, counted.status, counted.complaints
FROM region_heads AS head
LEFT JOIN (
    SELECT region_id, status, COUNT(*) AS complaints
    FROM complaints
    WHERE region_id = $1
    GROUP BY region_id, status
) AS counted USING (region_id)
WHERE head.region_id = $1
