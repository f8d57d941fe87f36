-- The active API key of a hash, noting to the minute that it is in use. A key being noted by
-- another request at this moment is skipped, so that requests never wait for each other.
-- $1 bytea: SHA-256 of the key. Relies on the unique index on key_hash and the primary key.
WITH stale AS (
    SELECT id FROM api_keys
    WHERE key_hash = $1 AND active
      AND (last_used_at IS NULL OR last_used_at < now() - INTERVAL '1 minute')
    FOR NO KEY UPDATE SKIP LOCKED
), noted AS (
    UPDATE api_keys SET last_used_at = now() FROM stale WHERE api_keys.id = stale.id
)
SELECT id, scopes, regions, rate_per_minute
FROM api_keys
WHERE key_hash = $1 AND active
