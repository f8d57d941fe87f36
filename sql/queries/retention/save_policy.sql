-- Has a policy hold from now on. $1 json: the document, $2 uuid or NULL: the admin. One row.
INSERT INTO retention_policies (document, set_by)
VALUES ($1, $2)
RETURNING version, document, set_at, set_by
