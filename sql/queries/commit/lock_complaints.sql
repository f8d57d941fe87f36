-- Reads and locks the complaints of a batch, in id order so that two batches cannot deadlock.
-- $1 uuid[]: their ids. Index: complaints_pkey.
SELECT id, region_id, category_id, status, severity, description, address, latitude, longitude,
       assignee_id, version, created_at, updated_at, status_since,
       due_at, due_when_held, hold_until, escalation, timer_at,
       duplicate_of, supporters, acknowledged_at, resolved_at
FROM complaints
WHERE id = ANY ($1)
ORDER BY id
FOR UPDATE
