-- Forgets idempotency keys whose time is up, a bounded number at once. $1 timestamptz: before when.
-- Index: idempotency_keys_by_age.
DELETE FROM idempotency_keys
WHERE (scope, key) IN (
    SELECT scope, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT 5000
)
