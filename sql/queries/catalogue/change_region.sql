-- Changes a region; a NULL leaves as it is. No row when there is no such region.
-- $1 text: id. $2 text or NULL: name. $3 boolean or NULL: active.
-- $4 boolean: whether the boundary changes. $5 json or NULL: to what (NULL takes it away).
-- Primary key of regions.
WITH written AS (
    UPDATE regions
    SET name = COALESCE($2::text, name),
        active = COALESCE($3::boolean, active),
        boundary = CASE WHEN $4::boolean THEN $5::json ELSE boundary END,
        updated_at = now()
    WHERE id = $1::text
    RETURNING id, name, active, boundary, created_at
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT id, name, active, boundary, created_at FROM written
