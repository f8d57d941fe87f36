-- Notes whose blobs are to be removed: the photos of complaints whose photos go. $1 uuid[]: the complaints, locked.
-- $2 timestamptz: now. What is being made into pictures just now is removed once more, when that is over for certain.
-- Index: photos_by_complaint.
INSERT INTO blob_removals (photo_id, due_at, again_at)
SELECT id, $2, CASE WHEN status = 'pending' THEN $2::timestamptz + interval '10 minutes' END
FROM photos
WHERE complaint_id = ANY ($1)
ON CONFLICT (photo_id) DO NOTHING
