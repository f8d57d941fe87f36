-- The complaints whose desks must look at them by now, the longest waiting first.
-- $1 timestamptz: now, $2 int8: limit. Index: complaints_by_timer.
SELECT id, region_id, timer_at
FROM complaints
WHERE timer_at <= $1
ORDER BY timer_at
LIMIT $2
