-- The legal hold of a complaint, in force or over. $1 uuid: the complaint. Index: legal_holds_pkey.
SELECT complaint_id, placed_by, reason, placed_at, until
FROM legal_holds
WHERE complaint_id = $1
