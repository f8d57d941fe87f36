-- How many complaints of a region are in some statuses, by category.
-- $1 text: region. $2 text[]: statuses. Index: complaints_by_region_status.
SELECT category_id, status, COUNT(*) AS complaints
FROM complaints
WHERE region_id = $1::text AND status = ANY ($2::text[])
GROUP BY category_id, status
ORDER BY category_id, status
