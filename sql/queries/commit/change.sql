-- Writes changed complaints as they are after the change, each at most once; their rows are locked.
-- $1 uuid[] id, $2 text[] region_id, $3 text[] category_id, $4 text[] status, $5 text[] severity, $6
-- text[] description, $7 text[] address, $8 float8[] latitude, $9 float8[] longitude, $10 uuid[]
-- assignee_id, $11 int8[] version, $12 timestamptz[] updated_at, $13 timestamptz[] status_since, $14
-- timestamptz[] due_at, $15 timestamptz[] due_when_held, $16 timestamptz[] hold_until, $17 int2[]
-- escalation, $18 timestamptz[] timer_at, $19 uuid[] duplicate_of, $20 int4[] supporters, $21
-- timestamptz[] acknowledged_at, $22 timestamptz[] resolved_at
-- Index: complaints_pkey.
UPDATE complaints AS complaint
SET region_id = row.region_id, category_id = row.category_id, status = row.status, severity =
    row.severity, description = row.description, address = row.address, latitude = row.latitude,
    longitude = row.longitude, assignee_id = row.assignee_id, version = row.version, updated_at =
    row.updated_at, status_since = row.status_since, due_at = row.due_at, due_when_held =
    row.due_when_held, hold_until = row.hold_until, escalation = row.escalation, timer_at =
    row.timer_at, duplicate_of = row.duplicate_of, supporters = row.supporters, acknowledged_at =
    row.acknowledged_at, resolved_at = row.resolved_at
FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::float8[], $9::float8[], $10::uuid[], $11::int8[], $12::timestamptz[],
            $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::int2[],
            $18::timestamptz[], $19::uuid[], $20::int4[], $21::timestamptz[], $22::timestamptz[])
    AS row (id, region_id, category_id, status, severity, description, address, latitude, longitude,
            assignee_id, version, updated_at, status_since, due_at, due_when_held, hold_until,
            escalation, timer_at, duplicate_of, supporters, acknowledged_at, resolved_at)
WHERE complaint.id = row.id
