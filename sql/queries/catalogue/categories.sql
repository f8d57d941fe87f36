-- Every category, by id (primary key). All of them: the catalogue is held in memory whole.
SELECT id, name, hint, default_severity, active, duplicate_radius_m, duplicate_days
FROM categories
ORDER BY id
