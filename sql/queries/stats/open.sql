-- Open complaints by category, by severity and by assignee, from the index alone: a row each, in which
-- what it does not count by is NULL; grouped tells (bits: 4 not by category, 2 not by severity, 1 not
-- by assignee).
-- $1 text[] regions or NULL for all, $2 text[] open statuses.
-- Index: regions_pkey, complaints_by_region_status.
SELECT part.category_id, part.severity, part.assignee_id, COUNT(*) AS complaints,
       GROUPING(part.category_id, part.severity, part.assignee_id) AS grouped
FROM regions AS region
CROSS JOIN UNNEST($2::text[]) AS state (word)
CROSS JOIN LATERAL (
    SELECT candidate.category_id, candidate.severity, candidate.assignee_id
    FROM complaints AS candidate
    WHERE candidate.region_id = region.id AND candidate.status = state.word
    -- A fence: nothing but the index of this region and status is to be read.
    OFFSET 0
) AS part
WHERE $1::text[] IS NULL OR region.id = ANY ($1)
GROUP BY GROUPING SETS ((part.category_id), (part.severity), (part.assignee_id))
