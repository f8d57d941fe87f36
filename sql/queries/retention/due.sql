-- Complaints in a status that are due by the first rule that fits each, the longest waiting first, behind one.
-- Of the rules of the status, the most specific first: $1 text[] region or NULL, $2 text[] category or NULL,
-- $3 timestamptz[] cut-off, $4 boolean[] whether it anonymises. $5 text: status, $6 timestamptz: the latest cut-off.
-- $7 timestamptz and $8 uuid: the one before. $9 bigint: how many.
-- What was anonymised since it entered the status is not due for that again. Indexes: complaints_by_end, tombstones_pkey.
WITH line AS MATERIALIZED (
    SELECT rank, region_id, category_id, before, anonymises
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::boolean[]) WITH ORDINALITY
        AS line (region_id, category_id, before, anonymises, rank)
)
SELECT complaint.id, complaint.region_id, complaint.status_since, fitting.anonymises
FROM complaints AS complaint
CROSS JOIN LATERAL (
    SELECT before, anonymises
    FROM line
    WHERE COALESCE(line.region_id = complaint.region_id, true)
      AND COALESCE(line.category_id = complaint.category_id, true)
    ORDER BY rank
    LIMIT 1
) AS fitting
WHERE complaint.status = $5
  AND complaint.status IN ('resolved', 'closed', 'rejected')
  AND complaint.status_since < $6
  AND complaint.status_since < fitting.before
  AND NOT (
      fitting.anonymises
      AND EXISTS (
          SELECT FROM tombstones AS done
          WHERE done.complaint_id = complaint.id AND done.mode = 'anonymise' AND done.at >= complaint.status_since
      )
  )
  AND (complaint.status_since, complaint.id) > ($7, $8)
ORDER BY complaint.status_since, complaint.id
LIMIT $9
