-- Changes a category; a NULL leaves as it is. No row when there is no such category.
-- $1 text: id. $2 text or NULL: name. $3 text or NULL: hint. $4 text or NULL: default severity.
-- $5 boolean or NULL: active. $6 integer or NULL: radius of duplicates in metres.
-- $7 integer or NULL: age of duplicates in days.
-- Primary key of categories.
WITH written AS (
    UPDATE categories
    SET name = COALESCE($2::text, name),
        hint = COALESCE($3::text, hint),
        default_severity = COALESCE($4::text, default_severity),
        active = COALESCE($5::boolean, active),
        duplicate_radius_m = COALESCE($6::integer, duplicate_radius_m),
        duplicate_days = COALESCE($7::integer, duplicate_days),
        updated_at = now()
    WHERE id = $1::text
    RETURNING id, name, hint, default_severity, active, duplicate_radius_m, duplicate_days
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT id, name, hint, default_severity, active, duplicate_radius_m, duplicate_days FROM written
