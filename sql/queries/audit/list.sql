-- A page of the audit trail, newest first. $1 bigint: the last number of the page before, or NULL, $2 uuid: of this
-- account or key, $3 text: on this subject, $4 text: whose action begins so, $5 timestamptz: from, $6 timestamptz:
-- before, each may be NULL, $7 bigint: how many. Indexes: audit_entries_pkey, audit_entries_by_who, audit_entries_by_subject.
SELECT number, at, id, by_kind, by_id, origin, action, subject, outcome, completes, reason, details, hash
FROM audit_entries
WHERE ($1::bigint IS NULL OR number < $1)
  AND ($2::uuid IS NULL OR by_id = $2)
  AND ($3::text IS NULL OR subject = $3)
  AND ($4::text IS NULL OR starts_with(action, $4))
  AND ($5::timestamptz IS NULL OR at >= $5)
  AND ($6::timestamptz IS NULL OR at < $6)
ORDER BY number DESC
LIMIT $7
