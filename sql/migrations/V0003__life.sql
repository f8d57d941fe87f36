-- What a complaint gathers in its life, and the one index by region that lists, counts and
-- snapshots share.

ALTER TABLE complaints
    -- The deadline that runs: to acknowledge, then to resolve. NULL: none runs.
    ADD COLUMN due_at timestamptz,
    -- The deadline as it stood when the complaint was put on hold; it goes on from there.
    ADD COLUMN due_when_held timestamptz,
    -- When a complaint on hold wakes up.
    ADD COLUMN hold_until timestamptz,
    -- How often a deadline passed, 0 to 3.
    ADD COLUMN escalation smallint NOT NULL DEFAULT 0,
    -- When its desk must look at it next by itself. NULL: never.
    ADD COLUMN timer_at timestamptz,
    -- The complaint into which it was merged.
    ADD COLUMN duplicate_of uuid,
    -- People who said "me too".
    ADD COLUMN supporters integer NOT NULL DEFAULT 0,
    -- When it first left `reported`.
    ADD COLUMN acknowledged_at timestamptz,
    -- When it was last resolved.
    ADD COLUMN resolved_at timestamptz;

-- Ids are UUIDv7 and created_at is the time in the id, to the millisecond: the order of ids is the
-- order of submission, so the primary key lists all complaints by time and needs no second index.
DROP INDEX complaints_by_time;
DROP INDEX complaints_by_region_time;
DROP INDEX complaints_open_by_region;
CREATE INDEX complaints_by_region_status ON complaints (region_id, status, id);
CREATE INDEX complaints_by_timer ON complaints (timer_at) WHERE timer_at IS NOT NULL;

-- The payload is JSON that we encoded: checking it again costs the database more than it is worth,
-- and a replay sends the stored text as it is.
ALTER TABLE events ALTER COLUMN payload TYPE text;
