-- The statuses that a complaint entered, newest first; one that a move only carried on is not told again. $1 uuid: complaint.
-- Index: events_by_complaint.
SELECT status_after, at
FROM (
    SELECT event_id, at, status_after, LAG(status_after) OVER (ORDER BY event_id) AS status_held
    FROM events
    WHERE complaint_id = $1 AND status_after IS NOT NULL
) AS past
WHERE status_after IS DISTINCT FROM status_held
ORDER BY event_id DESC
LIMIT 200
