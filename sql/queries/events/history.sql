-- A page of a complaint's events through all its regions, newest first. $1 uuid: complaint,
-- $2 uuid: event id of the last one of the page before or NULL, $3 int8: limit.
-- Index: events_by_complaint.
SELECT region_id, seq, event_id, at, payload
FROM events
WHERE complaint_id = $1 AND ($2::uuid IS NULL OR event_id < $2)
ORDER BY event_id DESC
LIMIT $3
