-- Takes photos whose blobs are to be removed now. Each is tried again after a pause that doubles with each attempt, up
-- to an hour, unless it is done by then. $1 int8: most of them. Index: blob_removals_by_due.
UPDATE blob_removals AS removal
SET attempts = removal.attempts + 1, due_at = now() + LEAST(interval '1 hour',
    interval '10 seconds' * (2 ^ LEAST(removal.attempts, 10)))
FROM (
    SELECT photo_id
    FROM blob_removals
    WHERE due_at <= now()
    ORDER BY due_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
) AS due
WHERE removal.photo_id = due.photo_id
RETURNING removal.photo_id
