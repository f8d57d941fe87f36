-- Writes one batch of many regions: new complaints, changed complaints, and last their events.
--
-- A submission whose idempotency key exists already is left out: it comes back without a number.
-- The regions' counters are taken after everything else (a counter locked 2 ms too early costs a
-- factor of 5 under load) and in ascending region id (no deadlock between nodes). Their row locks,
-- held to the commit, make seq gapless and commit-ordered per region across all processes.
--
-- New complaints, pairwise:  $1 uuid[] id, $2 text[] region, $3 text[] category, $4 text[] severity,
--   $5 text[] description, $6 text[] address, $7 float8[] latitude, $8 float8[] longitude,
--   $9 uuid[] API key, $10 timestamptz[] at, $11 text[] scope, $12 text[] key, $13 bytea[] body hash,
--   $14 text[] reporter name, $15 text[] reporter e-mail, $16 text[] reporter phone
-- Changed complaints:        $17 uuid[] id, $18 text[] status, $19 int8[] version, $20 timestamptz[] at
-- Events, in their order:    $21 text[] region, $22 uuid[] event id, $23 uuid[] complaint, $24 text[] kind,
--   $25 timestamptz[] at, $26 text[] status before, $27 text[] status after, $28 text[] payload
WITH submitted AS (
    SELECT id, region_id, category_id, severity, description, address, latitude, longitude,
           api_key_id, at, scope, key, body_hash, name, email, phone
    FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
                $8::float8[], $9::uuid[], $10::timestamptz[], $11::text[], $12::text[], $13::bytea[],
                $14::text[], $15::text[], $16::text[])
        AS row (id, region_id, category_id, severity, description, address, latitude, longitude,
                api_key_id, at, scope, key, body_hash, name, email, phone)
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
           api_key_id, at, name, email, phone
    FROM submitted
    WHERE key IS NULL OR id IN (SELECT complaint_id FROM kept)
), created AS (
    INSERT INTO complaints (id, region_id, category_id, status, severity, description, address, latitude,
                            longitude, api_key_id, version, created_at, updated_at, status_since)
    SELECT id, region_id, category_id, 'reported', severity, description, address, latitude,
           longitude, api_key_id, 1, at, at, at
    FROM fresh
    RETURNING id
), told AS (
    INSERT INTO reporters (complaint_id, name, email, phone)
    SELECT id, name, email, phone
    FROM fresh
    WHERE COALESCE(name, email, phone) IS NOT NULL
    RETURNING complaint_id
), changed AS (
    UPDATE complaints AS complaint
    SET status = row.status, version = row.version, updated_at = row.at, status_since = row.at
    FROM UNNEST($17::uuid[], $18::text[], $19::int8[], $20::timestamptz[]) AS row (id, status, version, at)
    WHERE complaint.id = row.id
    RETURNING complaint.id
), facts AS (
    SELECT row.region_id, row.event_id, row.complaint_id, row.kind, row.at, row.status_before,
           row.status_after, row.payload,
           ROW_NUMBER() OVER (PARTITION BY row.region_id ORDER BY row.position) AS place
    FROM UNNEST($21::text[], $22::uuid[], $23::uuid[], $24::text[], $25::timestamptz[], $26::text[],
                $27::text[], $28::text[]) WITH ORDINALITY
        AS row (region_id, event_id, complaint_id, kind, at, status_before, status_after, payload, position)
    WHERE row.complaint_id IN (SELECT id FROM created UNION ALL SELECT id FROM changed)
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
