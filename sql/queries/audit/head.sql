-- The end of the audit trail: one row.
SELECT number, hash FROM audit_head
