-- A page of complaints of some regions and statuses, oldest first: the first of each region and status from the
-- index alone, then the first of these. A walk by time would pass all others, however many they are.
-- $1 text[] regions or NULL for all, $2 text[] statuses. Filters, NULL where not asked for: $3 text[] categories,
--   $4 text[] severities, $5 uuid assignee, $6 bool unassigned only, $7 uuid lowest id, $8 uuid below which
--   ids are.
-- In a box, or in one around a circle, NULL where not asked for: $9 to $12 float8 south, west, north, east (west > east:
--   across ±180°), $13 to $15 float8 latitude, longitude, metres around it.
-- $16 int8 limit. The cursor is part of the bound on ids.
-- Index: regions_pkey, complaints_by_region_status, complaints_pkey.
SELECT complaint.id, complaint.region_id, complaint.category_id, complaint.status, complaint.severity,
       complaint.description, complaint.address, complaint.latitude, complaint.longitude,
       complaint.assignee_id, complaint.version, complaint.created_at, complaint.updated_at,
       complaint.status_since, complaint.due_at, complaint.due_when_held, complaint.hold_until,
       complaint.escalation, complaint.timer_at, complaint.duplicate_of, complaint.supporters,
       complaint.acknowledged_at, complaint.resolved_at
FROM (
    SELECT first.id
    FROM regions AS region
    CROSS JOIN UNNEST($2::text[]) AS state (word)
    CROSS JOIN LATERAL (
        SELECT candidate.id
        FROM complaints AS candidate
        WHERE candidate.region_id = region.id AND candidate.status = state.word
          AND ($3::text[] IS NULL OR candidate.category_id = ANY ($3))
          AND ($4::text[] IS NULL OR candidate.severity = ANY ($4))
          AND ($5::uuid IS NULL OR candidate.assignee_id = $5)
          AND (NOT $6::bool OR candidate.assignee_id IS NULL)
          AND ($7::uuid IS NULL OR candidate.id >= $7)
          AND ($8::uuid IS NULL OR candidate.id < $8)
          AND CASE WHEN $9::float8 IS NULL THEN true
                   WHEN candidate.latitude NOT BETWEEN $9 AND $11::float8 THEN false
                   WHEN $10::float8 <= $12::float8 THEN candidate.longitude BETWEEN $10 AND $12
                   ELSE candidate.longitude >= $10 OR candidate.longitude <= $12 END
          AND CASE WHEN $13::float8 IS NULL THEN true
                   ELSE metres_between(candidate.latitude, candidate.longitude, $13, $14::float8) <= $15::float8 END
        ORDER BY candidate.id
        LIMIT $16
    ) AS first
    WHERE $1::text[] IS NULL OR region.id = ANY ($1)
    ORDER BY first.id
    LIMIT $16
) AS chosen
JOIN complaints AS complaint USING (id)
ORDER BY complaint.id
