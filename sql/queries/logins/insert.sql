-- Begins a login and issues its first refresh token, if the account's password is still the one
-- that was proven. No row: it is not, or the account was deactivated.
-- $1 uuid: login, $2 uuid: account, $3 text: the password hash that was proven,
-- $4 bytea: SHA-256 of the refresh token, $5 double precision: its life in seconds.
-- Relies on the primary key of accounts.
WITH begun AS (
    INSERT INTO logins (id, account_id, credential_version, expires_at)
    SELECT $1, id, credential_version, now() + make_interval(secs => $5)
    FROM accounts
    WHERE id = $2 AND password_hash = $3 AND active
    RETURNING id
)
INSERT INTO refresh_tokens (hash, login_id)
SELECT $4, begun.id FROM begun
