-- The ids of the complaints of some regions and statuses, from the index alone, when they are few. One row; NULL: more.
-- $1 text[] regions or NULL for all, $2 text[] statuses. Filters, NULL where not asked for: $3 text[] categories,
--   $4 text[] severities, $5 bool unassigned only, $6 uuid lowest id, $7 uuid below which ids are. $8 int8 how many
--   are few. $9 to $12 float8 south, west, north, east of a box or around a circle, NULL where not asked for
--   (west > east: across ±180°).
-- Index: regions_pkey, complaints_by_region_status.
SELECT CASE WHEN COUNT(*) <= $8::int8 THEN COALESCE(array_agg(found.id), '{}') END AS ids
FROM (
    SELECT part.id
    FROM regions AS region
    CROSS JOIN UNNEST($2::text[]) AS state (word)
    CROSS JOIN LATERAL (
        SELECT candidate.id
        FROM complaints AS candidate
        WHERE candidate.region_id = region.id AND candidate.status = state.word
          AND ($3::text[] IS NULL OR candidate.category_id = ANY ($3))
          AND ($4::text[] IS NULL OR candidate.severity = ANY ($4))
          AND (NOT $5::bool OR candidate.assignee_id IS NULL)
          AND ($6::uuid IS NULL OR candidate.id >= $6)
          AND ($7::uuid IS NULL OR candidate.id < $7)
          AND CASE WHEN $9::float8 IS NULL THEN true
                   WHEN candidate.latitude NOT BETWEEN $9 AND $11::float8 THEN false
                   WHEN $10::float8 <= $12::float8 THEN candidate.longitude BETWEEN $10 AND $12
                   ELSE candidate.longitude >= $10 OR candidate.longitude <= $12 END
        -- A fence: nothing but the index of this region and status is to be read.
        OFFSET 0
    ) AS part
    WHERE $1::text[] IS NULL OR region.id = ANY ($1)
    LIMIT $8 + 1
) AS found
