-- Writes the new complaints of one batch of many regions, and last the events of the whole batch.
--
-- A submission whose idempotency key exists already is left out: it comes back without a number.
-- The regions' counters are taken after everything else (a counter locked 2 ms too early costs a
-- factor of 5 under load) and in ascending region id (no deadlock between nodes). Their row locks,
-- held to the commit, make seq gapless and commit-ordered per region across all processes.
--
-- New complaints, pairwise:  $1 uuid[] id, $2 text[] region, $3 text[] category, $4 text[] severity,
--   $5 text[] description, $6 text[] address, $7 float8[] latitude, $8 float8[] longitude,
--   $9 uuid[] API key, $10 timestamptz[] at, $11 timestamptz[] due at, $12 timestamptz[] timer at,
--   $13 text[] scope, $14 text[] key, $15 bytea[] body hash,
--   $16 text[] reporter name, $17 text[] reporter e-mail, $18 text[] reporter phone
-- Events, in their order:    $19 text[] region, $20 uuid[] event id, $21 uuid[] complaint, $22 text[] kind,
--   $23 timestamptz[] at, $24 text[] status before, $25 text[] status after, $26 text[] payload
WITH submitted AS (
    SELECT id, region_id, category_id, severity, description, address, latitude, longitude,
           api_key_id, at, due_at, timer_at, scope, key, body_hash, name, email, phone
    FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
                $8::float8[], $9::uuid[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
                $13::text[], $14::text[], $15::bytea[], $16::text[], $17::text[], $18::text[])
        AS row (id, region_id, category_id, severity, description, address, latitude, longitude,
                api_key_id, at, due_at, timer_at, scope, key, body_hash, name, email, phone)
), kept AS (
    INSERT INTO idempotency_keys (scope, key, body_hash, complaint_id, region_id, created_at)
    SELECT scope, key, body_hash, id, region_id, at
    FROM submitted
    WHERE key IS NOT NULL
    ORDER BY scope, key
    ON CONFLICT DO NOTHING
    RETURNING complaint_id
), fresh AS (
    SELECT id, region_id, category_id, severity, description, address, latitude, longitude,
           api_key_id, at, due_at, timer_at, name, email, phone
    FROM submitted
    WHERE key IS NULL OR id IN (SELECT complaint_id FROM kept)
), created AS (
    INSERT INTO complaints (id, region_id, category_id, status, severity, description, address, latitude,
                            longitude, api_key_id, version, created_at, updated_at, status_since,
                            due_at, timer_at)
    SELECT id, region_id, category_id, 'reported', severity, description, address, latitude,
           longitude, api_key_id, 1, at, at, at, due_at, timer_at
    FROM fresh
    RETURNING id
), told AS (
    INSERT INTO reporters (complaint_id, name, email, phone)
    SELECT id, name, email, phone
    FROM fresh
    WHERE COALESCE(name, email, phone) IS NOT NULL
    RETURNING complaint_id
), facts AS (
    SELECT row.region_id, row.event_id, row.complaint_id, row.kind, row.at, row.status_before,
           row.status_after, row.payload,
           ROW_NUMBER() OVER (PARTITION BY row.region_id ORDER BY row.position) AS place
    FROM UNNEST($19::text[], $20::uuid[], $21::uuid[], $22::text[], $23::timestamptz[], $24::text[],
                $25::text[], $26::text[]) WITH ORDINALITY
        AS row (region_id, event_id, complaint_id, kind, at, status_before, status_after, payload, position)
    WHERE (row.kind <> 'complaint.created' OR row.complaint_id IN (SELECT id FROM created))
      AND (SELECT COUNT(*) FROM told) >= 0
), touched AS (
    SELECT region_id, COUNT(*) AS events FROM facts GROUP BY region_id
), locked AS (
    SELECT head.region_id
    FROM region_heads AS head
    WHERE head.region_id IN (SELECT region_id FROM touched)
    ORDER BY head.region_id
    FOR UPDATE
), numbered AS (
    UPDATE region_heads AS counter
    SET head = counter.head + touched.events
    FROM touched
    JOIN locked USING (region_id)
    WHERE counter.region_id = touched.region_id
    RETURNING counter.region_id, counter.head - touched.events AS before
)
INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_before, status_after, payload)
SELECT facts.region_id, numbered.before + facts.place, facts.event_id, facts.complaint_id, facts.kind,
       facts.at, facts.status_before, facts.status_after, facts.payload
FROM facts
JOIN numbered USING (region_id)
RETURNING event_id, seq
