-- Ends the claim of a complaint; no row when there was none that may be ended.
-- $1 uuid: complaint, $2 uuid: its holder; NULL: whoever holds it. Index: claims_pkey.
WITH clock AS (
    UPDATE claim_clock SET version = version + 1 RETURNING version
)
UPDATE claims
SET released_at = clock_timestamp(), release_reason = 'released', version = clock.version
FROM clock
WHERE claims.complaint_id = $1
  AND claims.ends_at > clock_timestamp()
  AND claims.holder_id = COALESCE($2::uuid, claims.holder_id)
RETURNING claims.complaint_id
