-- Writes one batch of many regions that holds nothing but new complaints without idempotency key and
-- reporter: the most frequent batch, and less than half the work of write.sql to start.
--
-- As in write.sql the regions' counters are taken after the complaints and in ascending region id,
-- and stay locked to the commit. The sub-select on `created` is what puts them last.
--
-- Complaints, pairwise: $1 uuid[] id, $2 text[] region, $3 text[] category, $4 text[] severity,
--   $5 text[] description, $6 text[] address, $7 float8[] latitude, $8 float8[] longitude,
--   $9 uuid[] API key, $10 timestamptz[] at, $11 timestamptz[] due at, $12 timestamptz[] timer at
-- Their events:         $13 uuid[] event id, $14 int8[] place among the batch's events of its region (from 1),
--   $15 text[] payload
-- Regions, each once:   $16 text[] region, $17 int8[] number of its events
WITH created AS (
    INSERT INTO complaints (id, region_id, category_id, status, severity, description, address, latitude,
                            longitude, api_key_id, version, created_at, updated_at, status_since,
                            due_at, timer_at)
    SELECT id, region_id, category_id, 'reported', severity, description, address, latitude,
           longitude, api_key_id, 1, at, at, at, due_at, timer_at
    FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
                $8::float8[], $9::uuid[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
        AS row (id, region_id, category_id, severity, description, address, latitude, longitude,
                api_key_id, at, due_at, timer_at)
    RETURNING id
), locked AS (
    SELECT head.region_id
    FROM region_heads AS head
    WHERE head.region_id = ANY ($16)
      AND (SELECT COUNT(*) FROM created) > 0
    ORDER BY head.region_id
    FOR UPDATE
), numbered AS (
    UPDATE region_heads AS counter
    SET head = counter.head + touched.events
    FROM UNNEST($16::text[], $17::int8[]) AS touched (region_id, events)
    JOIN locked USING (region_id)
    WHERE counter.region_id = touched.region_id
    RETURNING counter.region_id, counter.head - touched.events AS before
)
INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_before, status_after, payload)
SELECT fact.region_id, numbered.before + fact.place, fact.event_id, fact.complaint_id, 'complaint.created',
       fact.at, NULL, 'reported', fact.payload
FROM UNNEST($2::text[], $13::uuid[], $1::uuid[], $10::timestamptz[], $14::int8[], $15::text[])
    AS fact (region_id, event_id, complaint_id, at, place, payload)
JOIN numbered USING (region_id)
RETURNING event_id, seq
