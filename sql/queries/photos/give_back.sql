-- Gives a photo back that could not be worked on for reasons that are not its own. $1 uuid: its id,
-- $2 float8: for how many seconds nobody shall try again. Index: photos_pkey.
UPDATE photos
SET leased_until = clock_timestamp() + make_interval(secs => $2::float8), attempts = GREATEST(attempts - 1, 0)
WHERE id = $1 AND status = 'pending'
