-- The photos of complaints. $1 uuid[]: the complaints. Index: photos_by_complaint.
-- Runs behind the lock of the complaints: what it sees stays.
SELECT id, complaint_id, kind, status, by_kind, by_id
FROM photos
WHERE complaint_id = ANY ($1)
