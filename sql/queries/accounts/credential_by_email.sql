-- What a password is checked against at a login; inactive accounts have none.
-- $1 text: e-mail, compared without case. Relies on accounts_by_email.
SELECT id, role, password_hash
FROM accounts
WHERE lower(email COLLATE "C") = lower($1::text COLLATE "C") AND active
