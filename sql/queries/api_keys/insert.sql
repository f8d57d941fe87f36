-- Creates an API key. $1 uuid: id, $2 text: name, $3 bytea: SHA-256 of the key, $4 text[]: scopes,
-- $5 text[]: regions, $6 integer: requests a minute or NULL.
INSERT INTO api_keys (id, name, key_hash, scopes, regions, rate_per_minute)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, name, scopes, regions, rate_per_minute, active, created_at, last_used_at
