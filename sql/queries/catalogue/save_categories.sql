-- Creates or updates many categories; whether a category is active stays as it is.
-- $1 text[]: ids, each once. $2 text[]: names. $3 text[]: hints. $4 text[]: default severities.
-- $5 integer[]: radii of duplicates in metres. $6 integer[]: ages of duplicates in days; a NULL in them
-- leaves as it is, and is the column's default in a new category.
-- Primary key of categories; rows are locked in the order of their ids, then the catalogue's.
WITH given AS (
    SELECT id, name, hint, default_severity, radius_m, days
    FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[])
        AS given (id, name, hint, default_severity, radius_m, days)
), known AS (
    SELECT categories.id FROM categories JOIN given USING (id)
), written AS (
    INSERT INTO categories AS present (id, name, hint, default_severity, duplicate_radius_m, duplicate_days)
    SELECT id, name, hint, default_severity, COALESCE(radius_m, 50), COALESCE(days, 14)
    FROM given ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO UPDATE
    SET name = EXCLUDED.name, hint = EXCLUDED.hint, default_severity = EXCLUDED.default_severity,
        duplicate_radius_m = COALESCE(
            (SELECT radius_m FROM given WHERE given.id = EXCLUDED.id), present.duplicate_radius_m),
        duplicate_days = COALESCE((SELECT days FROM given WHERE given.id = EXCLUDED.id), present.duplicate_days),
        updated_at = now()
    RETURNING id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT count(*) - count(known.id) AS created, count(known.id) AS updated
FROM written LEFT JOIN known USING (id)
