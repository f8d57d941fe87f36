-- A region's head and its open complaints, oldest first, at one moment: one statement sees one
-- snapshot of the database. One row with a NULL id when nothing is open. $1 text: region.
-- Index: region_heads_pkey, complaints_by_region_status.
SELECT head.head, complaint.id, complaint.region_id, complaint.category_id, complaint.status,
       complaint.severity, complaint.description, complaint.address, complaint.latitude,
       complaint.longitude, complaint.assignee_id, complaint.version, complaint.created_at,
       complaint.updated_at, complaint.status_since,
       complaint.due_at, complaint.due_when_held, complaint.hold_until, complaint.escalation, complaint.timer_at,
       complaint.duplicate_of, complaint.supporters, complaint.acknowledged_at, complaint.resolved_at
FROM region_heads AS head
LEFT JOIN complaints AS complaint
    ON complaint.region_id = head.region_id
    AND complaint.status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')
WHERE head.region_id = $1
ORDER BY complaint.id
