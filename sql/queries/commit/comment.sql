-- Writes comments. $1 uuid[] id, $2 uuid[] complaint, $3 timestamptz[] at, $4 text[] kind of author,
-- $5 uuid[] author, $6 text[] visibility, $7 text[] body.
INSERT INTO comments (id, complaint_id, at, by_kind, by_id, visibility, body)
SELECT id, complaint_id, at, by_kind, by_id, visibility, body
FROM UNNEST($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::text[])
    AS row (id, complaint_id, at, by_kind, by_id, visibility, body)
