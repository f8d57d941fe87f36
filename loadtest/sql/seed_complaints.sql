COPY complaints (id, region_id, category_id, status, severity, description, address, latitude, longitude,
    assignee_id, version, created_at, updated_at, status_since, due_at, due_when_held, hold_until,
    escalation, timer_at, supporters, acknowledged_at, resolved_at)
FROM STDIN (FORMAT binary)
