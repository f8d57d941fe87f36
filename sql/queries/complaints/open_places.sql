-- Where the open complaints of a region are. $1 text: region. Index: complaints_by_region_status.
SELECT id, category_id, latitude, longitude
FROM complaints
WHERE region_id = $1
  AND status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')
  AND latitude IS NOT NULL AND longitude IS NOT NULL
