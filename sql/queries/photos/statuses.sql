-- How far photos are; what is not there has no row. $1 uuid[]: their ids. Index: photos_pkey.
SELECT id, status
FROM photos
WHERE id = ANY ($1)
