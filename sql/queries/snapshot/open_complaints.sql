-- A page of a region's open complaints, oldest id first.
-- $1 text: region, $2 uuid: after this id (NULL: from the first), $3 int8: limit.
-- Index: complaints_open_by_region.
SELECT id, region_id, category_id, status, severity, description, address, latitude, longitude,
       assignee_id, version, created_at, updated_at, status_since
FROM complaints
WHERE region_id = $1
  AND status IN ('reported', 'in_progress', 'on_hold')
  AND ($2::uuid IS NULL OR id > $2)
ORDER BY id
LIMIT $3
