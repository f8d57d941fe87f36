-- The active officers of a region, by name. $1 text: region, $2 int8: most rows.
-- Index: account_regions_by_region, accounts_pkey.
SELECT account.id, account.name, account.role
FROM account_regions AS granted
JOIN accounts AS account ON account.id = granted.account_id
WHERE granted.region_id = $1 AND account.active AND account.role = 'officer'
ORDER BY account.name, account.id
LIMIT $2
