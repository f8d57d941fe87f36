-- The open complaints of a region, as they are kept in memory. $1 text: region. Index: complaints_by_region_status.
SELECT id, category_id, severity, assignee_id, latitude, longitude
FROM complaints
WHERE region_id = $1
  AND status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')
