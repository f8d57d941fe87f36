-- What several logins may do now; those that are over are left out.
-- $1 uuid[]: logins. Relies on the primary keys.
SELECT login_id, account_id, role, regions
FROM live_logins
WHERE login_id = ANY ($1::uuid[])
