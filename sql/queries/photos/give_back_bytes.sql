-- Gives bytes of a submitter's day back. $1 bytea: submitter, $2 int8: bytes. Index: photo_days_pkey.
UPDATE photo_days
SET bytes = GREATEST(bytes - $2, 0)
WHERE day = (now() AT TIME ZONE 'UTC')::date AND submitter = $1
