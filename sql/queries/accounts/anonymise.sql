-- Takes name and e-mail address away from former staff, ends what could sign in, and withdraws their regions. The id
-- stays, which the event log names. Whoever was activated meanwhile is left alone. $1 uuid[]: accounts, $2 float8: seconds
-- since they were deactivated. Index: accounts_pkey.
WITH anonymised AS (
    UPDATE accounts SET
        name = 'Former member of staff',
        email = 'former-' || id || '@staff.invalid',
        password_hash = '',
        credential_version = credential_version + 1,
        anonymised_at = now(),
        updated_at = now()
    WHERE id = ANY ($1)
      AND NOT active AND anonymised_at IS NULL AND deactivated_at <= now() - make_interval(secs => $2::float8)
    RETURNING id
), signed_out AS (
    DELETE FROM logins USING anonymised WHERE logins.account_id = anonymised.id
), withdrawn AS (
    DELETE FROM account_regions USING anonymised WHERE account_regions.account_id = anonymised.id
)
SELECT id FROM anonymised ORDER BY id
