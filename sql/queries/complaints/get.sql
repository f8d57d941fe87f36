-- One complaint with its reporter. $1 uuid: its id. Index: complaints_pkey, reporters_pkey.
SELECT complaint.id, complaint.region_id, complaint.category_id, complaint.status, complaint.severity,
       complaint.description, complaint.address, complaint.latitude, complaint.longitude,
       complaint.assignee_id, complaint.version, complaint.created_at, complaint.updated_at,
       complaint.status_since, complaint.due_at, complaint.due_when_held, complaint.hold_until, complaint.escalation, complaint.timer_at,
       complaint.duplicate_of, complaint.supporters, complaint.acknowledged_at, complaint.resolved_at,
       complaint.api_key_id,
       reporter.name AS reporter_name, reporter.email AS reporter_email, reporter.phone AS reporter_phone
FROM complaints AS complaint
LEFT JOIN reporters AS reporter ON reporter.complaint_id = complaint.id
WHERE complaint.id = $1
