-- A page of complaints of some regions and statuses around a point, nearest first, when there are few of these: all of
-- them from the index alone, sorted. In a town most that lie around a point are closed, and would all be read.
-- $1 text[] regions or NULL for all, $2 text[] statuses. Filters, NULL where not asked for: $3 text[] categories,
--   $4 text[] severities, $5 uuid assignee, $6 bool unassigned only, $7 uuid lowest id, $8 uuid below which
--   ids are.
-- In a box around a circle: $9 to $12 float8 south, west, north, east (west > east:
--   across ±180°), $13 to $15 float8 latitude, longitude, metres around it.
-- Cursor, NULL at the first page: $16 float8 metres, $17 uuid id. $18 int8 limit.
-- Index: regions_pkey, complaints_by_region_status, complaints_pkey.
SELECT complaint.id, complaint.region_id, complaint.category_id, complaint.status, complaint.severity,
       complaint.description, complaint.address, complaint.latitude, complaint.longitude,
       complaint.assignee_id, complaint.version, complaint.created_at, complaint.updated_at,
       complaint.status_since, complaint.due_at, complaint.due_when_held, complaint.hold_until,
       complaint.escalation, complaint.timer_at, complaint.duplicate_of, complaint.supporters,
       complaint.acknowledged_at, complaint.resolved_at,
       chosen.metres AS distance_m
FROM (
    SELECT first.id, first.metres
    FROM regions AS region
    CROSS JOIN UNNEST($2::text[]) AS state (word)
    CROSS JOIN LATERAL (
        SELECT candidate.id, metres_between(candidate.latitude, candidate.longitude, $13::float8, $14::float8) AS metres
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
        -- A fence: nothing but the index of this region and status is to be read, and each distance reckoned once.
        OFFSET 0
    ) AS first
    WHERE ($1::text[] IS NULL OR region.id = ANY ($1))
      AND first.metres <= $15::float8
      AND ($16::float8 IS NULL OR (first.metres, first.id) > ($16, $17::uuid))
    ORDER BY first.metres, first.id
    LIMIT $18
) AS chosen
JOIN complaints AS complaint USING (id)
ORDER BY chosen.metres, complaint.id
