-- Places complaints under legal holds, or changes the ones that they are under; the complaints are locked.
-- $1 uuid[] complaint, $2 uuid[] placed by, $3 text[] reason, $4 timestamptz[] at, $5 timestamptz[] until.
-- Index: legal_holds_pkey.
INSERT INTO legal_holds (complaint_id, placed_by, reason, placed_at, until)
SELECT complaint_id, placed_by, reason, at, until
FROM UNNEST($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS row (complaint_id, placed_by, reason, at, until)
ON CONFLICT (complaint_id) DO UPDATE
SET placed_by = EXCLUDED.placed_by, reason = EXCLUDED.reason, placed_at = EXCLUDED.placed_at, until = EXCLUDED.until
