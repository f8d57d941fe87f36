-- Work on a complaint: comments, supporters, and its history.

CREATE TABLE comments (
    -- UUIDv7: the order of ids is that of time.
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaints ON DELETE CASCADE,
    at           timestamptz NOT NULL,
    -- Who wrote it: officer, admin, api_key or resident, with the id of the first three.
    by_kind      text NOT NULL,
    by_id        uuid,
    visibility   text NOT NULL CHECK (visibility IN ('public', 'internal')),
    body         text NOT NULL
);
CREATE INDEX comments_by_complaint ON comments (complaint_id, id);

-- "Me too": one row a person, who is known by a keyed hash alone.
CREATE TABLE supports (
    complaint_id uuid NOT NULL REFERENCES complaints ON DELETE CASCADE,
    supporter    bytea NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, supporter)
);

-- The history of one complaint, through all regions that it was in. Events of one transaction have
-- one time; event ids are UUIDv7 and made in order.
CREATE INDEX events_by_complaint ON events (complaint_id, event_id);
