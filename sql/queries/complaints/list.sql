-- A page of complaints, newest first.
-- Filters, NULL where not asked for: $1 text[] regions, $2 text status, $3 text category, $4 text severity,
--   $5 uuid assignee, $6 bool unassigned only, $7 text pattern in description or address,
--   $8 timestamptz created after, $9 timestamptz created before, $10 uuid API key
-- Cursor, NULL at the first page: $11 timestamptz created_at, $12 uuid id. $13 int8 limit.
-- Index: complaints_pkey, whose order is that of time.
SELECT id, region_id, category_id, status, severity, description, address, latitude, longitude,
       assignee_id, version, created_at, updated_at, status_since,
       due_at, due_when_held, hold_until, escalation, timer_at,
       duplicate_of, supporters, acknowledged_at, resolved_at
FROM complaints
WHERE ($1::text[] IS NULL OR region_id = ANY ($1))
  AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR category_id = $3)
  AND ($4::text IS NULL OR severity = $4)
  AND ($5::uuid IS NULL OR assignee_id = $5)
  AND (NOT $6::bool OR assignee_id IS NULL)
  AND ($7::text IS NULL OR description ILIKE $7 OR address ILIKE $7)
  AND ($8::timestamptz IS NULL OR created_at > $8)
  AND ($9::timestamptz IS NULL OR created_at < $9)
  AND ($10::uuid IS NULL OR api_key_id = $10)
  AND ($11::timestamptz IS NULL OR id < $12::uuid)
ORDER BY id DESC
LIMIT $13
