-- Removes photos; their complaints are locked. $1 uuid[]: their ids. Index: photos_pkey.
DELETE FROM photos
WHERE id = ANY ($1)
