-- A page of complaints, oldest first.
-- Filters, NULL where not asked for: $1 text[] regions, $2 text[] statuses, $3 uuid assignee, $4 bool
--   unassigned only, $5 uuid lowest id, $6 uuid below which ids are, $7 text tsquery of marks, $8 text words,
--   $9 text their language, $10 timestamptz due from, $11 timestamptz due before, $12 to $15 float8 south,
--   west, north, east (west > east: across ±180°), $16 to $18 float8 latitude, longitude, metres around it.
-- $19 int8 limit. The cursor is part of the bound on ids.
-- Planned anew for the values at hand, so that PostgreSQL drops what is not asked for (the join too) and
-- chooses between walking the order and reading an index of what is rare. CASE keeps the planner from
-- counting a place twice: its cells are among the marks.
-- Index: complaints_pkey, complaint_words_by_word, those of the filters.
SELECT complaint.id, complaint.region_id, complaint.category_id, complaint.status, complaint.severity,
       complaint.description, complaint.address, complaint.latitude, complaint.longitude,
       complaint.assignee_id, complaint.version, complaint.created_at, complaint.updated_at,
       complaint.status_since, complaint.due_at, complaint.due_when_held, complaint.hold_until,
       complaint.escalation, complaint.timer_at, complaint.duplicate_of, complaint.supporters,
       complaint.acknowledged_at, complaint.resolved_at
FROM complaints AS complaint
LEFT JOIN complaint_words AS noted ON noted.complaint_id = complaint.id
WHERE ($1::text[] IS NULL OR complaint.region_id = ANY ($1))
  AND ($2::text[] IS NULL OR complaint.status = ANY ($2))
  AND ($3::uuid IS NULL OR complaint.assignee_id = $3)
  AND (NOT $4::bool OR complaint.assignee_id IS NULL)
  AND ($5::uuid IS NULL OR complaint.id >= $5)
  AND ($6::uuid IS NULL OR complaint.id < $6)
  AND ($7::text IS NULL OR noted.words @@ $7::tsquery)
  AND ($8::text IS NULL OR noted.words @@ websearch_to_tsquery($9::text::regconfig, $8))
  AND ($10::timestamptz IS NULL OR complaint.due_at >= $10)
  AND ($11::timestamptz IS NULL OR complaint.due_at < $11)
  AND CASE WHEN $12::float8 IS NULL THEN true
           WHEN complaint.latitude NOT BETWEEN $12 AND $14::float8 THEN false
           WHEN $13::float8 <= $15::float8 THEN complaint.longitude BETWEEN $13 AND $15
           ELSE complaint.longitude >= $13 OR complaint.longitude <= $15 END
  AND CASE WHEN $16::float8 IS NULL THEN true
           ELSE metres_between(complaint.latitude, complaint.longitude, $16, $17::float8) <= $18::float8 END
ORDER BY complaint.id
LIMIT $19
