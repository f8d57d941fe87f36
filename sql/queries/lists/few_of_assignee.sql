-- The ids of an officer's complaints, from the index alone, when they are few. One row; NULL: more.
-- $1 uuid the officer. Filters, NULL where not asked for: $2 text[] regions, $3 text[] statuses, $4 text[] categories,
--   $5 text[] severities, $6 uuid lowest id, $7 uuid below which ids are. $8 int8 how many are few.
-- Index: complaints_by_assignee.
SELECT CASE WHEN COUNT(*) <= $8::int8 THEN COALESCE(array_agg(found.id), '{}') END AS ids
FROM (
    SELECT id
    FROM complaints
    WHERE assignee_id = $1
      AND ($2::text[] IS NULL OR region_id = ANY ($2))
      AND ($3::text[] IS NULL OR status = ANY ($3))
      AND ($4::text[] IS NULL OR category_id = ANY ($4))
      AND ($5::text[] IS NULL OR severity = ANY ($5))
      AND ($6::uuid IS NULL OR id >= $6)
      AND ($7::uuid IS NULL OR id < $7)
    LIMIT $8 + 1
) AS found
