-- What a login may do now; no row when it is over. Runs with every request of staff.
-- $1 uuid: login, $2 uuid: account. Relies on the primary keys.
SELECT login_id, account_id, role, regions
FROM live_logins
WHERE login_id = $1 AND account_id = $2
