-- A page of legal holds with the region and status of their complaints, the latest first. $1 timestamptz and
-- $2 uuid: placed at and complaint of the last one of the page before, or NULL; $3 int8: limit.
-- Index: legal_holds_by_time, complaints_pkey.
SELECT hold.complaint_id, hold.placed_by, hold.reason, hold.placed_at, hold.until,
       complaint.region_id, complaint.status
FROM legal_holds AS hold
JOIN complaints AS complaint ON complaint.id = hold.complaint_id
WHERE $1::timestamptz IS NULL OR (hold.placed_at, hold.complaint_id) < ($1, $2::uuid)
ORDER BY hold.placed_at DESC, hold.complaint_id DESC
LIMIT $3
