-- Takes the workflow of a region or of a category in it away; false when it has none.
-- $1 text: region. $2 text: category, '' for all. Primary key of workflows.
WITH written AS (
    DELETE FROM workflows
    WHERE region_id = $1::text AND category_id = $2::text
    RETURNING region_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
