-- Complaints whose timer has not fired. No parameters. Index: complaints_by_timer.
SELECT COUNT(*) FROM complaints WHERE timer_at IS NOT NULL
