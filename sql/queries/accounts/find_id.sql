-- The id of the account of an e-mail address, compared without case.
-- $1 text: e-mail. Relies on accounts_by_email.
SELECT id
FROM accounts
WHERE lower(email COLLATE "C") = lower($1::text COLLATE "C")
