-- Regions, categories, complaints and their event log.
-- The event table is at once the audit trail, the outbox and the replay log:
-- (region_id, seq) is its key, and seq is gapless in commit order per region
-- because region_heads' row lock is held to the commit.

CREATE TABLE installation (
    only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    -- Names one history of this database; clients resume only within one epoch.
    epoch            text NOT NULL DEFAULT substr(md5(gen_random_uuid()::text), 1, 8),
    -- Key of the tracking tokens' HMAC: outlives every JWT secret.
    tracking_secret  bytea NOT NULL DEFAULT
        decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    -- Moves with every change of a region or category: nodes reload when it does.
    catalogue_version bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;

CREATE TABLE regions (
    id         text COLLATE "C" PRIMARY KEY,
    name       text NOT NULL,
    -- A GeoJSON Polygon or MultiPolygon, WGS84; NULL: chosen by name only.
    boundary   json,
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- One narrow, hot row a region, apart from `regions` so that its updates stay on one page.
CREATE TABLE region_heads (
    region_id text COLLATE "C" PRIMARY KEY REFERENCES regions,
    head      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE categories (
    id               text COLLATE "C" PRIMARY KEY,
    name             text NOT NULL,
    hint             text NOT NULL DEFAULT '',
    default_severity text NOT NULL DEFAULT 'medium'
        CHECK (default_severity IN ('low', 'medium', 'high', 'critical')),
    active           boolean NOT NULL DEFAULT true,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

-- What complaints name stays: regions and categories are deactivated, not deleted.
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is named by complaints: deactivate it instead of deleting it', OLD.id
        USING ERRCODE = 'foreign_key_violation';
END
$$;
CREATE TRIGGER regions_stay BEFORE DELETE ON regions
    FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER categories_stay BEFORE DELETE ON categories
    FOR EACH ROW EXECUTE FUNCTION refuse_deletion();

CREATE TABLE complaints (
    id           uuid PRIMARY KEY,
    -- No foreign keys: each costs a look-up and a row lock a complaint, on rows that all lanes share
    -- (measured: 13 % of the database's CPU). Desk and parser know both, and neither is ever deleted.
    region_id    text COLLATE "C" NOT NULL,
    category_id  text COLLATE "C" NOT NULL,
    status       text NOT NULL
        CHECK (status IN ('reported', 'in_progress', 'on_hold', 'resolved', 'closed', 'rejected')),
    severity     text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    description  text NOT NULL,
    address      text,
    latitude     double precision,
    longitude    double precision,
    assignee_id  uuid,
    -- The API key that submitted it, if any: an app may read its own complaints.
    api_key_id   uuid,
    version      bigint NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- When the present status was entered: retention and deadlines count from here.
    status_since timestamptz NOT NULL
);
-- Lists: newest first within a region; the counts of a starting desk from the index alone.
CREATE INDEX complaints_by_region_time ON complaints (region_id, created_at DESC, id DESC) INCLUDE (status);
CREATE INDEX complaints_by_time ON complaints (created_at DESC, id DESC);
-- Snapshots: the open complaints of a region in pages.
CREATE INDEX complaints_open_by_region ON complaints (region_id, id)
    WHERE status IN ('reported', 'in_progress', 'on_hold');

-- Reporter identity lives here alone: erasing a person is deleting this row.
CREATE TABLE reporters (
    complaint_id uuid PRIMARY KEY REFERENCES complaints ON DELETE CASCADE,
    name         text,
    email        text,
    phone        text
);

CREATE TABLE events (
    region_id     text COLLATE "C" NOT NULL,
    seq           bigint NOT NULL,
    event_id      uuid NOT NULL,
    complaint_id  uuid NOT NULL,
    kind          text NOT NULL,
    at            timestamptz NOT NULL,
    status_before text,
    status_after  text,
    -- The exact JSON that went to the officers, so that a replay sends the same bytes.
    payload       json NOT NULL,
    PRIMARY KEY (region_id, seq)
);
-- No index by complaint yet: each index costs every write, so it comes with the query that needs it.

-- First answers to POSTs, so that a retry gets the same one, also after a crash and from two nodes.
CREATE TABLE idempotency_keys (
    scope        text NOT NULL,
    key          text NOT NULL,
    body_hash    bytea NOT NULL,
    complaint_id uuid NOT NULL,
    region_id    text COLLATE "C" NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
