-- Gives bytes of a submitter's day back. Its commit waits for no flush, as that which took them (`reserve.sql`).
-- $1 bytea: submitter, $2 int8: bytes. Index: photo_days_pkey.
UPDATE photo_days
SET bytes = GREATEST(bytes - $2, 0)
FROM (SELECT set_config('synchronous_commit', 'off', true) AS value) AS flush
WHERE day = (now() AT TIME ZONE 'UTC')::date AND submitter = $1 AND flush.value = 'off'
