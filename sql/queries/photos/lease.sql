-- Takes photos that wait and that nobody works on, the oldest first. $1 float8: lease in seconds, $2 int8: limit.
-- Index: photos_pending.
WITH free AS MATERIALIZED (
    SELECT id
    FROM photos
    WHERE status = 'pending' AND leased_until <= clock_timestamp()
    ORDER BY leased_until, id
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE photos AS photo
SET leased_until = clock_timestamp() + make_interval(secs => $1::float8), attempts = photo.attempts + 1
FROM free, complaints AS complaint
WHERE photo.id = free.id AND complaint.id = photo.complaint_id
RETURNING photo.id, photo.complaint_id, complaint.region_id, photo.uploaded_at, photo.attempts,
          photo.use_location
