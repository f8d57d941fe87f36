-- Writes what became of photos; their complaints are locked. $1 uuid[] id, $2 text[] status,
-- $3 timestamptz[] at, $4 text[] reason, $5 text[] placeholder, $6 int4[] width, $7 int4[] height,
-- $8 int8[] bytes, $9 text[] taken_at. Index: photos_pkey.
UPDATE photos AS photo
SET status = row.status, finished_at = row.at, reason = row.reason, placeholder = row.placeholder,
    width = row.width, height = row.height, bytes = row.bytes,
    taken_at = row.taken_at
FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int4[], $7::int4[],
            $8::int8[], $9::text[])
    AS row (id, status, at, reason, placeholder, width, height, bytes, taken_at)
WHERE photo.id = row.id
