-- Complaints with one deadline each, spread evenly over a time, as if they had been submitted an hour
-- before: their rows, events and counters, and the rule by which the desks decide. Into an empty schema.
-- $1 int4: complaints, $2 float8: the first deadline, in seconds since 1970, $3 float8: seconds over
-- which the deadlines are spread, $4 int4: regions
WITH ruled AS (
    INSERT INTO deadlines (category_id, rules) VALUES ('pothole', '[{"acknowledge_within": "1h"}]')
), timed AS (
    -- Ids tell the time to the millisecond, so deadlines do too.
    SELECT number, round(1000 * ($2::float8 + $3::float8 * number / $1::int4))::bigint - 3600000 AS at_ms
    FROM generate_series(0, $1::int4 - 1) AS number
), submitted AS (
    SELECT (lpad(to_hex(at_ms), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
            || '8' || substr(md5(random()::text), 1, 15))::uuid AS id,
           'region-' || lpad((number % $4::int4)::text, 3, '0') AS region_id,
           to_timestamp(at_ms / 1000.0) AS at,
           'There is a deep hole in the road, number ' || number AS description
    FROM timed
), written AS (
    INSERT INTO complaints (id, region_id, category_id, status, severity, description, version,
                            created_at, updated_at, status_since, due_at, timer_at)
    SELECT id, region_id, 'pothole', 'reported', 'medium', description, 1,
           at, at, at, at + INTERVAL '1 hour', at + INTERVAL '1 hour'
    FROM submitted
), facts AS (
    SELECT id, region_id, at, gen_random_uuid() AS event_id, description,
           to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at_text,
           to_char(at AT TIME ZONE 'UTC' + INTERVAL '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS due_text,
           row_number() OVER (PARTITION BY region_id ORDER BY id) AS seq
    FROM submitted
), told AS (
    INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_after, payload)
    SELECT region_id, seq, event_id, id, 'complaint.created', at, 'reported', json_build_object(
               'event_id', event_id, 'kind', 'complaint.created', 'at', at_text,
               'complaint', json_build_object(
                   'id', id, 'region', region_id, 'category', 'pothole', 'status', 'reported',
                   'severity', 'medium', 'description', description, 'address', NULL, 'latitude', NULL,
                   'longitude', NULL, 'assignee', NULL, 'version', 1, 'created_at', at_text,
                   'updated_at', at_text, 'status_since', at_text, 'due_at', due_text, 'supporters', 0),
               'by', json_build_object('kind', 'resident'),
               'change', json_build_object('status', json_build_object('from', NULL, 'to', 'reported')))
    FROM facts
)
UPDATE region_heads AS counter
SET head = counted.events
FROM (SELECT region_id, COUNT(*) AS events FROM facts GROUP BY region_id) AS counted
WHERE counter.region_id = counted.region_id
