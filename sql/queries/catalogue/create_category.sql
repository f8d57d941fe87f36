-- Creates a category; no row when the id is taken.
-- $1 text: id. $2 text: name. $3 text: hint. $4 text: default severity. $5 integer or NULL: radius of
-- duplicates in metres. $6 integer or NULL: age of duplicates in days. NULL: the columns' defaults.
-- Primary key of categories.
WITH written AS (
    INSERT INTO categories (id, name, hint, default_severity, duplicate_radius_m, duplicate_days)
    VALUES ($1::text, $2::text, $3::text, $4::text, COALESCE($5::integer, 50), COALESCE($6::integer, 14))
    ON CONFLICT (id) DO NOTHING
    RETURNING id, name, hint, default_severity, active, duplicate_radius_m, duplicate_days
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT id, name, hint, default_severity, active, duplicate_radius_m, duplicate_days FROM written
