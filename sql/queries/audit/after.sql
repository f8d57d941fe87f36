-- Entries in their order behind a number. $1 bigint: the number, $2 bigint: how many. Index: audit_entries_pkey.
SELECT number, to_char(day, 'YYYY-MM-DD') AS day, at, id, by_kind, by_id, origin, action, subject, outcome, completes, reason, details, hash
FROM audit_entries
WHERE number > $1
ORDER BY number
LIMIT $2
