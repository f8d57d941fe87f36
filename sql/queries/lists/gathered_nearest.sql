-- A page of complaints of which few can match, nearest first: each of them is read and judged.
-- Filters, NULL where not asked for: $1 text[] regions, $2 text[] statuses, $3 uuid assignee, $4 bool
--   unassigned only, $5 uuid lowest id, $6 uuid below which ids are, $7 text[] categories, $8 text[] severities,
--   $9 uuid API key, $10 text words, $11 text their language, $12 timestamptz due from, $13 timestamptz due before,
--   $14 to $17 float8 south, west, north, east (west > east: across ±180°), $18 to $20 float8 latitude, longitude,
--   metres around it.
-- $21 uuid[] the candidates. Cursor, NULL at the first page: $22 float8 metres, $23 uuid id. $24 int8 limit.
-- Planned anew for the values at hand, so that PostgreSQL drops what is not asked for (the join too).
-- Index: complaints_pkey, complaint_words_pkey.
SELECT complaint.id, complaint.region_id, complaint.category_id, complaint.status, complaint.severity,
       complaint.description, complaint.address, complaint.latitude, complaint.longitude,
       complaint.assignee_id, complaint.version, complaint.created_at, complaint.updated_at,
       complaint.status_since, complaint.due_at, complaint.due_when_held, complaint.hold_until,
       complaint.escalation, complaint.timer_at, complaint.duplicate_of, complaint.supporters,
       complaint.acknowledged_at, complaint.resolved_at,
       distance.metres AS distance_m
FROM complaints AS complaint
LEFT JOIN complaint_words AS noted ON noted.complaint_id = complaint.id
CROSS JOIN LATERAL (
    SELECT metres_between(complaint.latitude, complaint.longitude, $18::float8, $19::float8) AS metres
    -- A fence: reckoned once a complaint.
    OFFSET 0
) AS distance
WHERE complaint.id = ANY ($21::uuid[])
  AND ($1::text[] IS NULL OR complaint.region_id = ANY ($1))
  AND ($2::text[] IS NULL OR complaint.status = ANY ($2))
  AND ($3::uuid IS NULL OR complaint.assignee_id = $3)
  AND (NOT $4::bool OR complaint.assignee_id IS NULL)
  AND ($5::uuid IS NULL OR complaint.id >= $5)
  AND ($6::uuid IS NULL OR complaint.id < $6)
  AND ($7::text[] IS NULL OR complaint.category_id = ANY ($7))
  AND ($8::text[] IS NULL OR complaint.severity = ANY ($8))
  AND ($9::uuid IS NULL OR complaint.api_key_id = $9)
  AND CASE WHEN $10::text IS NULL THEN true
           ELSE noted.words @@ words_asked($11, $10) END
  AND ($12::timestamptz IS NULL OR complaint.due_at >= $12)
  AND ($13::timestamptz IS NULL OR complaint.due_at < $13)
  AND CASE WHEN $14::float8 IS NULL THEN true
           WHEN complaint.latitude NOT BETWEEN $14 AND $16::float8 THEN false
           WHEN $15::float8 <= $17::float8 THEN complaint.longitude BETWEEN $15 AND $17
           ELSE complaint.longitude >= $15 OR complaint.longitude <= $17 END
  AND CASE WHEN distance.metres > $20::float8 THEN false
           WHEN $22::float8 IS NULL THEN distance.metres IS NOT NULL
           ELSE (distance.metres, complaint.id) > ($22, $23::uuid) END
ORDER BY distance.metres, complaint.id
LIMIT $24
