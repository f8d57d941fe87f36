-- How many photos wait for their pictures. Index: photos_pending.
SELECT COUNT(*) AS waiting
FROM photos
WHERE status = 'pending'
