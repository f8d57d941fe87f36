-- A page of accounts, newest first. $1 timestamptz and $2 uuid: the last one of the page before,
-- or NULL, $3 bigint: how many. Relies on accounts_by_time.
SELECT a.id, a.email, a.name, a.role, a.active, a.created_at, a.updated_at,
       ARRAY(SELECT r.region_id FROM account_regions r
             WHERE r.account_id = a.id ORDER BY r.region_id) AS regions
FROM accounts a
WHERE (a.created_at, a.id) < (
    COALESCE($1::timestamptz, 'infinity'),
    COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
)
ORDER BY a.created_at DESC, a.id DESC
LIMIT $3
