-- Appends an entry to the audit trail. $1 uuid: its id, $2 text: kind of who, $3 uuid: who, or NULL, $4 text: from
-- where, $5 text: action, $6 text: subject, or NULL, $7 text: outcome, $8 uuid: the entry that it completes, or NULL,
-- $9 text: reason, or NULL, $10 text: details. Waits for the row of audit_head.
SELECT append_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS number
