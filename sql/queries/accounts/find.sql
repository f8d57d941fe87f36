-- One account. $1 uuid: id. Relies on the primary keys of accounts and account_regions.
SELECT a.id, a.email, a.name, a.role, a.active, a.created_at, a.updated_at,
       ARRAY(SELECT r.region_id FROM account_regions r
             WHERE r.account_id = a.id ORDER BY r.region_id) AS regions
FROM accounts a
WHERE a.id = $1
