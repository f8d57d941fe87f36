-- Who of these accounts may be given a complaint of which of these regions: active officers of them.
-- $1 uuid[]: accounts. $2 text[]: regions. Primary keys of accounts and account_regions.
SELECT account_regions.account_id, account_regions.region_id
FROM account_regions
JOIN accounts ON accounts.id = account_regions.account_id
WHERE account_regions.account_id = ANY ($1::uuid[])
  AND account_regions.region_id = ANY ($2::text[])
  AND accounts.active
  AND accounts.role = 'officer'
