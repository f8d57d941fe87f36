-- An account and its regions. $1 uuid id, $2 text email, $3 text role, $4 text password hash, $5 text[] regions.
WITH made AS (
    INSERT INTO accounts (id, email, name, role, password_hash) VALUES ($1, $2, $2, $3, $4) RETURNING id
)
INSERT INTO account_regions (account_id, region_id)
SELECT made.id, region.id FROM made, UNNEST($5::text[]) AS region (id)
