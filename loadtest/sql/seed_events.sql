COPY events (region_id, seq, event_id, complaint_id, kind, at, status_before, status_after, payload)
FROM STDIN (FORMAT binary)
