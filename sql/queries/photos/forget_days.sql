-- Forgets the bytes of days that are over. Index: photo_days_pkey.
DELETE FROM photo_days
WHERE day < (now() AT TIME ZONE 'UTC')::date
