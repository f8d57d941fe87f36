-- Who is online in a region, and who is on the way to which complaint.

-- One row a running node. Presence is unlogged: it costs no fsync, and after a crash of the database
-- the nodes write again what they have.
CREATE UNLOGGED TABLE presence_nodes (
    -- Names one life of one process.
    node       uuid PRIMARY KEY,
    -- When its rows in `presence` changed last: other nodes read them again when it has moved.
    changed_at timestamptz NOT NULL,
    -- A node that is not seen for 15 seconds is gone, and what it wrote counts no more.
    seen_at    timestamptz NOT NULL
);

CREATE UNLOGGED TABLE presence (
    node       uuid NOT NULL REFERENCES presence_nodes ON DELETE CASCADE,
    region_id  text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL,
    -- Sockets of the account on the node that are subscribed to the region.
    sockets    integer NOT NULL,
    -- Since when the oldest of them is signed in.
    since      timestamptz NOT NULL,
    PRIMARY KEY (node, region_id, account_id)
);
CREATE INDEX presence_by_account ON presence (account_id);

-- Counts changes of claims. Every statement that writes claims takes its row lock first and holds it to
-- the commit: changes are numbered in the order in which they are seen, and none waits for another
-- crosswise.
CREATE TABLE claim_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO claim_clock DEFAULT VALUES;

-- "On my way": at most one officer a complaint. A row stays for an hour after its end, so that every
-- node learns of it.
CREATE TABLE claims (
    complaint_id   uuid PRIMARY KEY,
    region_id      text COLLATE "C" NOT NULL,
    holder_id      uuid NOT NULL REFERENCES accounts,
    claimed_at     timestamptz NOT NULL,
    until          timestamptz NOT NULL,
    -- Whether the holder was online since the claim was made or renewed: only then can it lapse.
    attended       boolean NOT NULL DEFAULT false,
    -- The end of the grace that began when the holder's last socket went; NULL while they are online.
    lapses_at      timestamptz,
    released_at    timestamptz,
    -- Why: released, closed, moved or revoked.
    release_reason text,
    ends_at        timestamptz NOT NULL GENERATED ALWAYS AS (LEAST(until, lapses_at, released_at)) STORED,
    version        bigint NOT NULL
);
CREATE INDEX claims_by_end ON claims (ends_at);
CREATE INDEX claims_by_version ON claims (version);

-- The officers of a region.
CREATE INDEX account_regions_by_region ON account_regions (region_id);
