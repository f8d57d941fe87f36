-- Whether a request with this idempotency key was answered. $1 text: scope, $2 text: key.
-- Index: idempotency_keys_pkey.
SELECT EXISTS (SELECT FROM idempotency_keys WHERE scope = $1 AND key = $2) AS answered
