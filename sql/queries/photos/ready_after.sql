-- A page of photos that are ready since a while, in order of id. $1 uuid: the last one of the page before,
-- $2 float8: for how many seconds, $3 int8: limit. Index: photos_pkey.
SELECT id
FROM photos
WHERE id > $1 AND status = 'ready' AND finished_at < now() - make_interval(secs => $2::float8)
ORDER BY id
LIMIT $3
