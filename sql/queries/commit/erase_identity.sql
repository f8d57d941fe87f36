-- Forgets who reported complaints; they are locked. $1 uuid[]: the complaints. Index: reporters_pkey.
DELETE FROM reporters
WHERE complaint_id = ANY ($1)
