-- Sets the deadlines of a category; false when there is no such category.
-- $1 text: category. $2 json: list of rules. Primary keys of categories and deadlines.
WITH written AS (
    INSERT INTO deadlines (category_id, rules)
    SELECT id, $2::json FROM categories WHERE id = $1::text
    ON CONFLICT (category_id) DO UPDATE
    SET rules = EXCLUDED.rules, updated_at = now()
    RETURNING category_id
), moved AS (
    UPDATE installation
    SET catalogue_version = catalogue_version + 1
    WHERE EXISTS (SELECT FROM written)
)
SELECT EXISTS (SELECT FROM written) AS written
