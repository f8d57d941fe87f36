-- Writes who said "me too". $1 uuid[] complaint, $2 bytea[] supporter, $3 timestamptz[] at.
-- Their complaints are locked, so that nobody else writes the same row meanwhile.
INSERT INTO supports (complaint_id, supporter, at)
SELECT complaint_id, supporter, at
FROM UNNEST($1::uuid[], $2::bytea[], $3::timestamptz[]) AS row (complaint_id, supporter, at)
