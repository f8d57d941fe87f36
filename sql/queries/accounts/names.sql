-- What accounts are called. $1 uuid[]: accounts. Index: accounts_pkey.
SELECT id, name, role
FROM accounts
WHERE id = ANY ($1::uuid[])
