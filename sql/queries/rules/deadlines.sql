-- The deadlines of every category. All of them: the catalogue is held in memory whole. Primary key of deadlines.
SELECT category_id, rules
FROM deadlines
ORDER BY category_id
