-- The photos of a complaint, oldest first. $1 uuid: complaint. Index: photos_by_complaint.
SELECT id, complaint_id, kind, status, reason, by_kind, by_id, uploaded_at, finished_at, bytes, width, height,
       placeholder, taken_at
FROM photos
WHERE complaint_id = $1
ORDER BY id
LIMIT 200
