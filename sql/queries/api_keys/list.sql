-- A page of API keys, newest first. $1 timestamptz and $2 uuid: the last one of the page before,
-- or NULL, $3 bigint: how many. Relies on api_keys_by_time.
SELECT id, name, scopes, regions, rate_per_minute, active, created_at, last_used_at
FROM api_keys
WHERE (created_at, id) < (
    COALESCE($1::timestamptz, 'infinity'),
    COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
)
ORDER BY created_at DESC, id DESC
LIMIT $3
