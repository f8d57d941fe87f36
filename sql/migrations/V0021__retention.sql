-- How long complaints are kept after their end, and the runs that see to it.

-- Every policy that ever held: the last one does. Rows are never changed, so that a run can name the one it went by.
CREATE TABLE retention_policies (
    version  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- As the admin sent it.
    document json NOT NULL,
    set_at   timestamptz NOT NULL DEFAULT now(),
    -- The admin's account; NULL: the command line, or nobody yet.
    set_by   uuid
);
-- The usual periods hold from here on; the first run of the schedule is the next one after this moment.
INSERT INTO retention_policies (document) VALUES ('{}');

-- Runs: those that are over, and at most one that is not. The row is the queue: whichever node has the lock goes on with it
-- from where it was.
CREATE TABLE retention_runs (
    -- UUIDv7: the order of ids is that of the asking.
    id          uuid PRIMARY KEY,
    -- Who had it made: the schedule, a request of an admin, the command line.
    origin      text NOT NULL CHECK (origin IN ('schedule', 'request', 'command')),
    -- The moment of the schedule.
    due_at      timestamptz UNIQUE,
    asked_at    timestamptz NOT NULL,
    -- The admin's account.
    asked_by    uuid,
    policy      bigint NOT NULL REFERENCES retention_policies,
    -- What it was narrowed to: a status; the days in place of the policy's.
    only_status text CHECK (only_status IN ('resolved', 'closed', 'rejected')),
    days        integer,
    -- The rules with their cut-offs, as `domain::retention::Plan` reads them.
    plan        json NOT NULL,
    -- When it was taken up first, by which node last, and how often since it last got on.
    begun_at    timestamptz,
    node        text,
    attempts    integer NOT NULL DEFAULT 0,
    -- The last complaint that it looked at.
    at_status   text,
    at_since    timestamptz,
    at_id       uuid,
    bytes_freed bigint NOT NULL DEFAULT 0,
    ended_at    timestamptz,
    outcome     text CHECK (outcome IN ('done', 'failed')),
    -- Why it failed, for admins.
    failure     text,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX retention_runs_open ON retention_runs ((true)) WHERE ended_at IS NULL;
CREATE INDEX retention_runs_by_time ON retention_runs (asked_at DESC, id DESC);

-- What a run found and did, by status.
CREATE TABLE retention_counts (
    run_id     uuid NOT NULL REFERENCES retention_runs,
    status     text NOT NULL CHECK (status IN ('resolved', 'closed', 'rejected')),
    -- Due when it began.
    due        bigint NOT NULL DEFAULT 0,
    erased     bigint NOT NULL DEFAULT 0,
    anonymised bigint NOT NULL DEFAULT 0,
    -- Left alone because of a legal hold.
    held       bigint NOT NULL DEFAULT 0,
    -- Left alone because it was active or too young again, or gone, when its turn came.
    spared     bigint NOT NULL DEFAULT 0,
    -- To be tried again by the next run.
    failed     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, status)
);

-- Complaints whose time may be up, the longest waiting first. A submission has no entry here.
CREATE INDEX complaints_by_end ON complaints (status, status_since, id)
    WHERE status IN ('resolved', 'closed', 'rejected');
