-- The claim of a complaint, if it holds. $1 uuid: complaint. Index: claims_pkey, accounts_pkey.
SELECT claim.complaint_id, claim.region_id, claim.holder_id, holder.name AS holder_name, claim.claimed_at,
       claim.until
FROM claims AS claim
JOIN accounts AS holder ON holder.id = claim.holder_id
WHERE claim.complaint_id = $1 AND claim.ends_at > clock_timestamp()
