-- Creates or updates many categories; whether a category is active stays as it is.
-- $1 text[]: ids, each once. $2 text[]: names. $3 text[]: hints. $4 text[]: default severities.
-- Primary key of categories; rows are locked in the order of their ids, then the catalogue's.
WITH given AS (
    SELECT id, name, hint, default_severity
    FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[]) AS given (id, name, hint, default_severity)
), known AS (
    SELECT categories.id FROM categories JOIN given USING (id)
), written AS (
    INSERT INTO categories (id, name, hint, default_severity)
    SELECT id, name, hint, default_severity FROM given ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO UPDATE
    SET name = EXCLUDED.name, hint = EXCLUDED.hint,
        default_severity = EXCLUDED.default_severity, updated_at = now()
    RETURNING id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT count(*) - count(known.id) AS created, count(known.id) AS updated
FROM written LEFT JOIN known USING (id)
