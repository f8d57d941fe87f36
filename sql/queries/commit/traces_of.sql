-- What lies beside complaints, as far as erasures and holds ask: their last event in each region, their legal hold,
-- whether their reporter is known, when they were anonymised. A row a complaint and region. $1 uuid[]: the complaints.
-- Index: events_by_complaint. Runs behind the lock of the complaints: what it sees stays.
SELECT asked.id AS complaint_id, trail.region_id, trail.last, hold.placed_by, hold.reason, hold.placed_at,
       hold.until, stone.at AS anonymised_at,
       EXISTS (SELECT FROM reporters WHERE reporters.complaint_id = asked.id) AS has_identity
FROM UNNEST($1::uuid[]) AS asked (id)
LEFT JOIN LATERAL (
    SELECT region_id, MAX(seq) AS last
    FROM events
    WHERE events.complaint_id = asked.id
    GROUP BY region_id
) AS trail ON true
LEFT JOIN legal_holds AS hold ON hold.complaint_id = asked.id
LEFT JOIN tombstones AS stone ON stone.complaint_id = asked.id AND stone.mode = 'anonymise'
