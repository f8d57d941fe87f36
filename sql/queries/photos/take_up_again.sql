-- Has photos worked on again whose pictures are gone: they fail then, by an event, for their upload is gone too.
-- $1 uuid[]: their ids. Index: photos_pkey.
UPDATE photos
SET status = 'pending', leased_until = '-infinity', attempts = 0
WHERE id = ANY ($1) AND status = 'ready'
