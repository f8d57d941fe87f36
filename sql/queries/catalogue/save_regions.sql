-- Creates or updates many regions, each with its head; whether a region is active stays as it is.
-- $1 text[]: ids, each once. $2 text[]: names. $3 json[]: boundaries, NULL for none.
-- Primary key of regions; rows are locked in the order of their ids, then the catalogue's.
WITH given AS (
    SELECT id, name, boundary
    FROM UNNEST($1::text[], $2::text[], $3::json[]) AS given (id, name, boundary)
), known AS (
    SELECT regions.id FROM regions JOIN given USING (id)
), written AS (
    INSERT INTO regions (id, name, boundary)
    SELECT id, name, boundary FROM given ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO UPDATE
    SET name = EXCLUDED.name, boundary = EXCLUDED.boundary, updated_at = now()
    RETURNING id
), heads AS (
    INSERT INTO region_heads (region_id)
    SELECT id FROM written
    ON CONFLICT (region_id) DO NOTHING
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT count(*) - count(known.id) AS created, count(known.id) AS updated
FROM written LEFT JOIN known USING (id)
