-- Replaces a password whose owner has proven the old one, and ends all logins but the one at hand.
-- No row: the password was changed in between.
-- $1 uuid: account, $2 text: old hash, $3 text: new hash, $4 uuid: the login at hand.
-- Relies on the primary keys.
WITH changed AS (
    UPDATE accounts
    SET password_hash = $3, credential_version = credential_version + 1, updated_at = now()
    WHERE id = $1 AND password_hash = $2 AND active
    RETURNING id, credential_version
), kept AS (
    UPDATE logins
    SET credential_version = changed.credential_version
    FROM changed
    WHERE logins.id = $4 AND logins.account_id = changed.id
)
SELECT id FROM changed
