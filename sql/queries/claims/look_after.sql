-- Looks after the claims that hold, and says how many it changed: those of officers who left begin to
-- lapse, those of officers who came back do no more, and those end whose complaint is closed, rejected or
-- in another region, or whose holder is no active officer of the region. A claim that changed since it was
-- looked at is left for the next time.
-- $1 uuid[]: who is online at the asking node, $2 float8: the grace, in seconds.
-- Index: claims_by_end, complaints_pkey, presence_by_account.
WITH looked_at AS (
    SELECT claim.complaint_id, claim.version, claim.attended, claim.lapses_at,
           claim.holder_id = ANY ($1::uuid[]) OR EXISTS (
               SELECT FROM presence JOIN presence_nodes USING (node)
               WHERE presence.account_id = claim.holder_id
                 AND presence_nodes.seen_at > now() - interval '15 seconds'
           ) AS is_present,
           CASE
               WHEN complaint.status IN ('closed', 'rejected') THEN 'closed'
               WHEN complaint.region_id <> claim.region_id THEN 'moved'
               WHEN NOT EXISTS (
                   SELECT FROM accounts JOIN account_regions ON account_regions.account_id = accounts.id
                   WHERE accounts.id = claim.holder_id AND accounts.active AND accounts.role = 'officer'
                     AND account_regions.region_id = claim.region_id
               ) THEN 'revoked'
           END AS release_reason
    FROM claims AS claim
    JOIN complaints AS complaint ON complaint.id = claim.complaint_id
    WHERE claim.ends_at > now()
), changing AS (
    SELECT complaint_id, version, is_present, release_reason
    FROM looked_at
    WHERE release_reason IS NOT NULL
       OR (is_present AND (NOT attended OR lapses_at IS NOT NULL))
       OR (NOT is_present AND attended AND lapses_at IS NULL)
), clock AS (
    UPDATE claim_clock SET version = version + 1
    WHERE EXISTS (SELECT FROM changing)
    RETURNING version
)
UPDATE claims
SET attended = claims.attended OR changing.is_present,
    lapses_at = CASE WHEN NOT changing.is_present AND claims.attended
        THEN COALESCE(claims.lapses_at, clock_timestamp() + $2::float8 * interval '1 second') END,
    released_at = CASE WHEN changing.release_reason IS NOT NULL THEN clock_timestamp() END,
    release_reason = changing.release_reason,
    version = clock.version
FROM changing, clock
WHERE claims.complaint_id = changing.complaint_id
  AND claims.version = changing.version
  AND claims.ends_at > clock_timestamp()
