-- Takes the business calendar of a region away; false when it has none.
-- $1 text: region. Primary key of calendars.
WITH written AS (
    DELETE FROM calendars
    WHERE region_id = $1::text
    RETURNING region_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
