-- Those of the given people who could not be given a complaint: unknown, deactivated, no officer, or an
-- officer of other regions. Pairwise: $1 uuid[] accounts, $2 text[] regions, NULL for any.
-- Primary keys of accounts and account_regions.
SELECT DISTINCT asked.account_id
FROM UNNEST($1::uuid[], $2::text[]) AS asked (account_id, region_id)
WHERE NOT EXISTS (
    SELECT FROM accounts
    JOIN account_regions ON account_regions.account_id = accounts.id
    WHERE accounts.id = asked.account_id
      AND accounts.active
      AND accounts.role = 'officer'
      AND account_regions.region_id = COALESCE(asked.region_id, account_regions.region_id)
)
