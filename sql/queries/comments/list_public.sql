-- The latest public comments of a complaint, newest first. $1 uuid: complaint.
-- Index: comments_by_complaint.
SELECT id, at, by_kind, by_id, visibility, body
FROM comments
WHERE complaint_id = $1 AND visibility = 'public'
ORDER BY id DESC
LIMIT 200
