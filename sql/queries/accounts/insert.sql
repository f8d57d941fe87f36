-- Creates an account with its regions; a known e-mail address is a unique violation.
-- $1 uuid: id, $2 text: e-mail, $3 text: name, $4 text: role, $5 text: password hash,
-- $6 text[]: regions. Relies on accounts_by_email.
WITH created AS (
    INSERT INTO accounts (id, email, name, role, password_hash)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id
)
INSERT INTO account_regions (account_id, region_id)
SELECT created.id, granted.region_id
FROM created, unnest($6::text[]) AS granted (region_id)
