-- Claims a complaint for an officer, or renews their claim; no row when that cannot be: another has it, it
-- is not (any more) in the region or is closed or rejected, or the officer has too many.
-- $1 uuid: complaint, $2 text: region, $3 uuid: officer, $4 int4: minutes, $5 int8: most claims of an officer.
-- Index: complaints_pkey, claims_pkey, claims_by_end.
WITH clock AS (
    UPDATE claim_clock SET version = version + 1 RETURNING version
)
INSERT INTO claims (complaint_id, region_id, holder_id, claimed_at, until, version)
SELECT complaint.id, complaint.region_id, $3, clock_timestamp(),
       clock_timestamp() + $4::int4 * interval '1 minute', clock.version
FROM clock, complaints AS complaint
WHERE complaint.id = $1
  AND complaint.region_id = $2
  AND complaint.status NOT IN ('closed', 'rejected')
  AND $5::int8 > (
      SELECT count(*) FROM claims
      WHERE claims.ends_at > now() AND claims.holder_id = $3 AND claims.complaint_id <> $1
  )
ON CONFLICT (complaint_id) DO UPDATE
SET region_id = EXCLUDED.region_id,
    holder_id = EXCLUDED.holder_id,
    claimed_at = CASE WHEN claims.holder_id = EXCLUDED.holder_id AND claims.ends_at > clock_timestamp()
        THEN claims.claimed_at ELSE EXCLUDED.claimed_at END,
    until = EXCLUDED.until,
    attended = false,
    lapses_at = NULL,
    released_at = NULL,
    release_reason = NULL,
    version = EXCLUDED.version
WHERE claims.holder_id = EXCLUDED.holder_id OR claims.ends_at <= clock_timestamp()
RETURNING complaint_id, region_id, holder_id,
    (SELECT name FROM accounts WHERE accounts.id = claims.holder_id) AS holder_name, claimed_at, until
