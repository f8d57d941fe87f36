-- Ends the login of a refresh token that was used before: somebody has a copy of it.
-- No row: the token is unknown or unused, or the login had ended.
-- $1 bytea: SHA-256 of the token. Relies on the primary keys.
UPDATE logins
SET revoked_at = now()
FROM refresh_tokens
WHERE refresh_tokens.hash = $1
  AND refresh_tokens.used_at IS NOT NULL
  AND logins.id = refresh_tokens.login_id
  AND logins.revoked_at IS NULL
RETURNING logins.id
