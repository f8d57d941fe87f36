-- Keeps photos that are being worked on. $1 uuid[]: their ids, $2 float8: lease in seconds from now.
-- Index: photos_pkey.
UPDATE photos
SET leased_until = clock_timestamp() + make_interval(secs => $2::float8)
WHERE id = ANY ($1) AND status = 'pending'
