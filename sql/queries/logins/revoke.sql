-- Ends a login. $1 uuid: login. Relies on the primary key.
UPDATE logins SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL
