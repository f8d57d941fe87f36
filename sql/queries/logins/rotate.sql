-- Uses up a refresh token and issues the next one of its login. Of two callers with the same
-- token one waits for the other's row lock and then finds it used. No row: the token is unknown
-- or used, or its login is over. Tokens used over 30 days ago are forgotten with it: they bound
-- the table, and one that comes back later is merely unknown.
-- $1 bytea: SHA-256 of the token, $2 bytea: SHA-256 of the next one,
-- $3 double precision: its life in seconds. Relies on the primary keys, refresh_tokens_by_login.
WITH used AS (
    UPDATE refresh_tokens
    SET used_at = now()
    FROM live_logins
    WHERE refresh_tokens.hash = $1
      AND refresh_tokens.used_at IS NULL
      AND live_logins.login_id = refresh_tokens.login_id
    RETURNING live_logins.login_id, live_logins.account_id, live_logins.role
), prolonged AS (
    UPDATE logins
    SET last_used_at = now(), expires_at = now() + make_interval(secs => $3)
    FROM used
    WHERE logins.id = used.login_id AND logins.revoked_at IS NULL
    RETURNING used.login_id, used.account_id, used.role
), forgotten AS (
    DELETE FROM refresh_tokens
    USING used
    WHERE refresh_tokens.login_id = used.login_id
      AND refresh_tokens.used_at < now() - INTERVAL '30 days'
), issued AS (
    INSERT INTO refresh_tokens (hash, login_id)
    SELECT $2, prolonged.login_id FROM prolonged
)
SELECT login_id, account_id, role FROM prolonged
