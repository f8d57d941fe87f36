-- A page of a region's events behind a number. $1 text: region, $2 int8: number, $3 int8: limit.
-- Index: events_pkey.
SELECT seq, status_before, status_after, payload
FROM events
WHERE region_id = $1 AND seq > $2
ORDER BY seq
LIMIT $3
