-- Ends legal holds; their complaints are locked. $1 uuid[]: the complaints. Index: legal_holds_pkey.
DELETE FROM legal_holds
WHERE complaint_id = ANY ($1)
