-- Creates a region with its head; no row when the id is taken.
-- $1 text: id. $2 text: name. $3 json or NULL: boundary.
-- Primary key of regions. The catalogue's row is locked last, as in every statement here.
WITH written AS (
    INSERT INTO regions (id, name, boundary)
    VALUES ($1::text, $2::text, $3::json)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, name, active, boundary, created_at
), heads AS (
    INSERT INTO region_heads (region_id)
    SELECT id FROM written
    ON CONFLICT (region_id) DO NOTHING
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT id, name, active, boundary, created_at FROM written
