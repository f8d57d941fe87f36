-- What a password is checked against when its owner changes it; inactive accounts have none.
-- $1 uuid: id. Relies on the primary key.
SELECT id, role, password_hash
FROM accounts
WHERE id = $1 AND active
