-- The world that a schema was filled with: how much there is of what, the officers in the order of their numbers, and
-- when the last complaint came, in milliseconds since 1970.
SELECT (SELECT COUNT(*) FROM complaints) AS complaints,
       (SELECT COUNT(*) FROM regions) AS regions,
       (SELECT COUNT(*) FROM categories) AS categories,
       (SELECT array_agg(id ORDER BY email) FROM accounts WHERE role = 'officer') AS officers,
       (SELECT (extract(epoch FROM MAX(created_at)) * 1000)::int8 FROM complaints) AS now
