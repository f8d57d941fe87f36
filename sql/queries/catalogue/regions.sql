-- Every region, by id (primary key). All of them: a city has tens, and the catalogue is held in memory whole.
SELECT id, name, active, boundary, created_at
FROM regions
ORDER BY id
