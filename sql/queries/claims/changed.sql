-- The claims that changed behind a change, in order, those that are over among them. Many can change at once,
-- with one version: a page may end between them.
-- $1 int8: version and $2 uuid: complaint of that change, $3 int8: most rows.
-- Index: claims_by_version, accounts_pkey.
SELECT claim.complaint_id, claim.region_id, claim.holder_id, holder.name AS holder_name, claim.claimed_at,
       claim.until, claim.release_reason, claim.version,
       COALESCE(claim.lapses_at < claim.until, false) AS is_lapsing,
       EXTRACT(EPOCH FROM claim.ends_at - clock_timestamp())::float8 AS left_s
FROM claims AS claim
JOIN accounts AS holder ON holder.id = claim.holder_id
WHERE (claim.version, claim.complaint_id) > ($1, $2)
ORDER BY claim.version, claim.complaint_id
LIMIT $3
