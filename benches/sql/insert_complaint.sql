-- One complaint. $1 uuid: id, $2 text: region, $3 text: category, $4 text: severity, $5 text: description,
-- $6 float8: latitude, $7 float8: longitude, $8 timestamptz: at.
INSERT INTO complaints (id, region_id, category_id, status, severity, description, latitude, longitude,
                        version, created_at, updated_at, status_since)
VALUES ($1, $2, $3, 'reported', $4, $5, $6, $7, 1, $8, $8, $8)
