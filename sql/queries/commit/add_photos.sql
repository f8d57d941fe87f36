-- Writes new photos, which wait for their pictures. $1 uuid[] id, $2 uuid[] complaint, $3 text[] kind,
-- $4 text[] kind of sender, $5 uuid[] sender, $6 timestamptz[] at, $7 int8[] bytes,
-- $8 bool[] use_location.
INSERT INTO photos (id, complaint_id, kind, status, by_kind, by_id, uploaded_at, bytes, use_location)
SELECT id, complaint_id, kind, 'pending', by_kind, by_id, at, bytes, use_location
FROM UNNEST($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[], $7::int8[],
            $8::bool[])
    AS row (id, complaint_id, kind, by_kind, by_id, at, bytes, use_location)
