-- One photo. $1 uuid: its id. Index: photos_pkey.
SELECT id, complaint_id, kind, status, reason, by_kind, by_id, uploaded_at, finished_at, bytes, width, height,
       placeholder, taken_at
FROM photos
WHERE id = $1
