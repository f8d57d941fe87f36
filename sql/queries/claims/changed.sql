-- The claims that changed behind a version, in order, those that are over among them.
-- $1 int8: version, $2 int8: most rows. Index: claims_by_version, accounts_pkey.
SELECT claim.complaint_id, claim.region_id, claim.holder_id, holder.name AS holder_name, claim.claimed_at,
       claim.until, claim.release_reason, claim.version,
       COALESCE(claim.lapses_at < claim.until, false) AS is_lapsing,
       EXTRACT(EPOCH FROM claim.ends_at - clock_timestamp())::float8 AS left_s
FROM claims AS claim
JOIN accounts AS holder ON holder.id = claim.holder_id
WHERE claim.version > $1
ORDER BY claim.version
LIMIT $2
