-- Photos of complaints. The rows that are pending are the queue of the thumbnailers: whoever holds the lease
-- of one works on it.

CREATE TABLE photos (
    -- UUIDv7: the order of ids is that of uploads. The blobs of a photo are found by it.
    id            uuid PRIMARY KEY,
    complaint_id  uuid NOT NULL REFERENCES complaints ON DELETE CASCADE,
    kind          text NOT NULL CHECK (kind IN ('evidence', 'before', 'after')),
    status        text NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
    -- Why it failed, for people.
    reason        text,
    -- Who sent it: officer, admin, api_key or resident, with the id of the first three.
    by_kind       text NOT NULL,
    by_id         uuid,
    uploaded_at   timestamptz NOT NULL,
    -- When it became ready or failed.
    finished_at   timestamptz,
    -- Bytes as they were sent; then of the pictures that are served.
    bytes         bigint NOT NULL,
    -- Pixels of the stored original, upright.
    width         integer,
    height        integer,
    -- A few characters from which a client paints a blur.
    placeholder   text,
    -- Until then nobody else works on it.
    leased_until  timestamptz NOT NULL DEFAULT '-infinity',
    -- How often somebody began to work on it.
    attempts      smallint NOT NULL DEFAULT 0
);
CREATE INDEX photos_by_complaint ON photos (complaint_id, id);
CREATE INDEX photos_pending ON photos (leased_until, id) WHERE status = 'pending';

-- Bytes that a submitter sent on a day (UTC); whoever it is, is known by a keyed hash alone.
CREATE TABLE photo_days (
    day       date NOT NULL,
    submitter bytea NOT NULL,
    bytes     bigint NOT NULL,
    PRIMARY KEY (day, submitter)
);
