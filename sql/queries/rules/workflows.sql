-- Every workflow document. All of them: the catalogue is held in memory whole. Primary key of workflows.
SELECT region_id, category_id, document
FROM workflows
ORDER BY region_id, category_id
