-- Says that the blobs of photos are removed: that is all, or they are removed once more later. $1 uuid[]: the photos.
-- Index: blob_removals_pkey.
WITH again AS (
    UPDATE blob_removals
    SET due_at = GREATEST(again_at, now()), again_at = NULL, attempts = 0
    WHERE photo_id = ANY ($1) AND again_at IS NOT NULL
)
DELETE FROM blob_removals
WHERE photo_id = ANY ($1) AND again_at IS NULL
