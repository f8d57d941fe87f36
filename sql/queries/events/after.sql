-- A page of a region's events behind a number, with the region's floor at the same moment; one row with a NULL seq
-- when there are none. $1 text: region, $2 int8: number, $3 int8: limit. Index: region_heads_pkey, events_pkey.
SELECT head.floor, page.seq, page.status_before, page.status_after, page.payload
FROM region_heads AS head
LEFT JOIN LATERAL (
    SELECT seq, status_before, status_after, payload
    FROM events
    WHERE events.region_id = $1 AND events.seq > $2
    ORDER BY events.seq
    LIMIT $3
) AS page ON true
WHERE head.region_id = $1
ORDER BY page.seq
