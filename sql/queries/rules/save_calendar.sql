-- Sets the business calendar of a region; false when there is no such region.
-- $1 text: region. $2 json: document. Primary keys of regions and calendars.
WITH written AS (
    INSERT INTO calendars (region_id, document)
    SELECT id, $2::json FROM regions WHERE id = $1::text
    ON CONFLICT (region_id) DO UPDATE
    SET document = EXCLUDED.document, updated_at = now()
    RETURNING region_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
