-- Sets the workflow of a region or of a category in it; false when there is no such region.
-- $1 text: region. $2 text: category, '' for all. $3 json: document.
-- Primary keys of regions and workflows. The catalogue's row is locked last, as in every statement here.
WITH written AS (
    INSERT INTO workflows (region_id, category_id, document)
    SELECT id, $2::text, $3::json FROM regions WHERE id = $1::text
    ON CONFLICT (region_id, category_id) DO UPDATE
    SET document = EXCLUDED.document, updated_at = now()
    RETURNING region_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
