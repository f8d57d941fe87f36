-- What was answered first under idempotency keys.
-- $1 text[]: scopes, $2 text[]: keys, pairwise. Index: idempotency_keys_pkey.
SELECT scope, key, body_hash, complaint_id, region_id, created_at
FROM idempotency_keys
JOIN UNNEST($1::text[], $2::text[]) AS asked (scope, key) USING (scope, key)
