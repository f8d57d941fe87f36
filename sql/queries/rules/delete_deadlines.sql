-- Takes the deadlines of a category away; false when it has none.
-- $1 text: category. Primary key of deadlines.
WITH written AS (
    DELETE FROM deadlines
    WHERE category_id = $1::text
    RETURNING category_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
