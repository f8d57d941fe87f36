-- Changes what is not NULL of an account. No row: there is no such account, or it is the last
-- active admin and would be none. The admins are locked, so that two of them cannot demote each
-- other at once; count(*) makes the whole set be read. A new password and a deactivation end its
-- logins by moving credential_version.
-- $1 uuid: id, $2 text: name, $3 text: role, $4 boolean: active, $5 text[]: regions,
-- $6 text: password hash. Relies on accounts_active_admins and the primary keys.
WITH admins AS (
    SELECT id FROM accounts
    WHERE role = 'admin' AND active AND ($3::text <> 'admin' OR NOT $4::boolean)
    ORDER BY id
    FOR NO KEY UPDATE
), changed AS (
    UPDATE accounts SET
        name = COALESCE($2::text, name),
        role = COALESCE($3::text, role),
        active = COALESCE($4::boolean, active),
        password_hash = COALESCE($6::text, password_hash),
        credential_version = credential_version
            + CASE WHEN $6::text IS NOT NULL OR NOT $4::boolean THEN 1 ELSE 0 END,
        updated_at = now()
    WHERE id = $1
      AND NOT (
          id IN (SELECT admins.id FROM admins)
          AND (SELECT count(*) FROM admins WHERE admins.id <> $1) = 0
      )
    RETURNING id
), withdrawn AS (
    DELETE FROM account_regions
    USING changed
    WHERE account_regions.account_id = changed.id AND account_regions.region_id <> ALL ($5::text[])
), granted AS (
    INSERT INTO account_regions (account_id, region_id)
    SELECT changed.id, wanted.region_id
    FROM changed, unnest($5::text[]) AS wanted (region_id)
    ON CONFLICT DO NOTHING
)
SELECT id FROM changed
