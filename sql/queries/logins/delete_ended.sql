-- Removes logins of an account that ended over a day ago, with their refresh tokens.
-- Run at each login, so that the table stays in proportion to the people who use it.
-- $1 uuid: account. Relies on logins_by_account.
DELETE FROM logins
WHERE account_id = $1
  AND LEAST(expires_at, revoked_at) < now() - INTERVAL '1 day'
