-- The event of a new complaint. $1 text: region, $2 int8: number, $3 uuid: event, $4 uuid: complaint,
-- $5 timestamptz: at, $6 text: payload.
INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_after, payload)
VALUES ($1, $2, $3, $4, 'complaint.created', $5, 'reported', $6)
