-- A page of a complaint's comments, newest first. $1 uuid: complaint, $2 uuid: id of the last one of the
-- page before or NULL, $3 int8: limit. Index: comments_by_complaint.
SELECT id, at, by_kind, by_id, visibility, body
FROM comments
WHERE complaint_id = $1 AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3
