-- Writes what stays of complaints that are erased, and what goes with them; they are locked, and their photos are
-- still there. $1 uuid[] complaint, $2 text[] mode, $3 text[] region, $4 text[] category, $5 text[] status,
-- $6 timestamptz[] status since, $7 timestamptz[] created at, $8 timestamptz[] at, $9 text[] reason, $10 uuid[] run.
-- Index: tombstones_pkey, photos_by_complaint.
INSERT INTO tombstones (complaint_id, mode, region_id, category_id, status, status_since, created_at, at, reason,
                        run_id, photos, bytes)
SELECT row.complaint_id, row.mode, row.region_id, row.category_id, row.status, row.status_since, row.created_at,
       row.at, row.reason, row.run_id, gone.photos, gone.bytes
FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
            $8::timestamptz[], $9::text[], $10::uuid[])
    AS row (complaint_id, mode, region_id, category_id, status, status_since, created_at, at, reason, run_id)
CROSS JOIN LATERAL (
    SELECT COUNT(*) AS photos, COALESCE(SUM(bytes), 0)::bigint AS bytes
    FROM photos
    WHERE photos.complaint_id = row.complaint_id AND row.mode <> 'erase_identity'
) AS gone
ON CONFLICT (complaint_id, mode) DO UPDATE
SET region_id = EXCLUDED.region_id, category_id = EXCLUDED.category_id, status = EXCLUDED.status,
    status_since = EXCLUDED.status_since, created_at = EXCLUDED.created_at, at = EXCLUDED.at, reason = EXCLUDED.reason,
    run_id = EXCLUDED.run_id, photos = EXCLUDED.photos, bytes = EXCLUDED.bytes
