-- The policy that holds. One row. Index: retention_policies_pkey.
SELECT version, document, set_at, set_by
FROM retention_policies
ORDER BY version DESC
LIMIT 1
