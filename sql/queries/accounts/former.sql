-- Accounts that were deactivated long enough ago and are not anonymised yet. $1 float8: seconds, $2 bigint: how many.
-- Reads all accounts, of which there are hundreds.
SELECT id
FROM accounts
WHERE NOT active AND anonymised_at IS NULL AND deactivated_at <= now() - make_interval(secs => $1::float8)
ORDER BY id
LIMIT $2
