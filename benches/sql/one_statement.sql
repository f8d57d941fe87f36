-- Complaint, number and event as one statement of its own transaction.
-- $1 uuid: id, $2 text: region, $3 text: category, $4 text: severity, $5 text: description,
-- $6 float8: latitude, $7 float8: longitude, $8 timestamptz: at, $9 uuid: event, $10 text: payload.
WITH created AS (
    INSERT INTO complaints (id, region_id, category_id, status, severity, description, latitude, longitude,
                            version, created_at, updated_at, status_since)
    VALUES ($1, $2, $3, 'reported', $4, $5, $6, $7, 1, $8, $8, $8)
    RETURNING id
), numbered AS (
    UPDATE region_heads SET head = head + 1 WHERE region_id = $2 RETURNING head
)
INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_after, payload)
SELECT $2, numbered.head, $9, created.id, 'complaint.created', $8, 'reported', $10
FROM created, numbered
RETURNING seq
