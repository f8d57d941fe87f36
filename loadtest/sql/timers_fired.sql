-- When the deadline of each complaint was, when it was first said to have passed, and how often; in
-- microseconds since 1970. No parameters.
SELECT (EXTRACT(EPOCH FROM complaint.due_at) * 1000000)::bigint AS due_us,
       (EXTRACT(EPOCH FROM MIN(event.at)) * 1000000)::bigint AS fired_us,
       COUNT(event.at) AS times
FROM complaints AS complaint
LEFT JOIN events AS event ON event.complaint_id = complaint.id AND event.kind = 'complaint.escalated'
GROUP BY complaint.id, complaint.due_at
