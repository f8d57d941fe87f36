-- Whether there is neither a region nor a category: a new installation. One row.
SELECT NOT EXISTS (SELECT FROM regions) AND NOT EXISTS (SELECT FROM categories) AS is_empty
