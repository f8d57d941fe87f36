-- The audit trail: who did what as an admin, on the command line or with somebody's identity, and from where. It
-- is only ever appended to, and each entry carries a hash of the one before it.

CREATE TABLE audit_entries (
    -- 1, 2, 3, … without a gap, in the order in which entries were written.
    number    bigint PRIMARY KEY,
    -- The day (UTC) whose chain it is in.
    day       date NOT NULL,
    at        timestamptz NOT NULL,
    id        uuid NOT NULL UNIQUE,
    by_kind   text NOT NULL
        CHECK (by_kind IN ('officer', 'admin', 'api_key', 'resident', 'system', 'command_line')),
    -- The account or API key; never a name.
    by_id     uuid,
    -- From where: a network, not an address.
    origin    text NOT NULL,
    -- A route with its method, or the words of a command.
    action    text NOT NULL,
    -- The id of what it was done to.
    subject   text,
    outcome   text NOT NULL CHECK (outcome IN ('asked', 'done', 'created', 'refused', 'failed')),
    -- The entry of which this one tells the end.
    completes uuid,
    reason    text,
    -- Counts and ids, as JSON.
    details   text NOT NULL,
    -- SHA-256 over the hash of the entry before it and its own columns.
    hash      bytea NOT NULL
);
CREATE INDEX audit_entries_by_who ON audit_entries (by_id, number);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, number);

-- The end of the chain: its row lock is the order of entries, and an entry that is missing at the end is missed here.
CREATE TABLE audit_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   bigint NOT NULL DEFAULT 0,
    at       timestamptz NOT NULL DEFAULT '-infinity',
    hash     bytea NOT NULL DEFAULT ''
);
INSERT INTO audit_head DEFAULT VALUES;

-- A column within what is hashed: its length in bytes and itself, so that no two rows are hashed alike.
CREATE FUNCTION audit_field(value text) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN value IS NULL THEN convert_to('~', 'UTF8')
                ELSE convert_to(octet_length(convert_to(value, 'UTF8'))::text || ':' || value, 'UTF8') END
$$;

-- Appends an entry and returns its number. `domain::audit` reckons the same hash.
CREATE FUNCTION append_audit(
    new_id uuid, new_by_kind text, new_by_id uuid, new_origin text, new_action text, new_subject text,
    new_outcome text, new_completes uuid, new_reason text, new_details text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
    written_at timestamptz;
    written_on date;
    chained bytea;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    -- A clock that goes back makes no entry older than the one before it.
    written_at := greatest(clock_timestamp(), head.at);
    written_on := (written_at AT TIME ZONE 'UTC')::date;
    chained := sha256(
        head.hash
        || audit_field((head.number + 1)::text)
        || audit_field(to_char(written_on, 'YYYY-MM-DD'))
        || audit_field((extract(epoch FROM written_at) * 1000000)::bigint::text)
        || audit_field(new_id::text) || audit_field(new_by_kind) || audit_field(new_by_id::text)
        || audit_field(new_origin) || audit_field(new_action) || audit_field(new_subject)
        || audit_field(new_outcome) || audit_field(new_completes::text) || audit_field(new_reason)
        || audit_field(new_details)
    );
    INSERT INTO audit_entries (number, day, at, id, by_kind, by_id, origin, action, subject, outcome, completes,
                               reason, details, hash)
    VALUES (head.number + 1, written_on, written_at, new_id, new_by_kind, new_by_id, new_origin, new_action,
            new_subject, new_outcome, new_completes, new_reason, new_details, chained);
    UPDATE audit_head SET number = head.number + 1, at = written_at, hash = chained;
    RETURN head.number + 1;
END
$$;

-- One role does everything here, so that rights alone cannot keep it from changing an entry.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only appended to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entries_are_not_truncated BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_head_is_not_truncated BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.number <> OLD.number + 1) EXECUTE FUNCTION refuse_audit_change();

-- The planner's notes of a column (pg_stats) hold single values and outlive the rows: those of a table that became empty are
-- never made anew. Of columns that hold what people wrote it takes none from now on, and setting their type again drops those
-- that it has. No list is planned by them.
ALTER TABLE reporters
    ALTER COLUMN name TYPE text, ALTER COLUMN name SET STATISTICS 0,
    ALTER COLUMN email TYPE text, ALTER COLUMN email SET STATISTICS 0,
    ALTER COLUMN phone TYPE text, ALTER COLUMN phone SET STATISTICS 0;
ALTER TABLE complaints
    ALTER COLUMN description TYPE text, ALTER COLUMN description SET STATISTICS 0,
    ALTER COLUMN address TYPE text, ALTER COLUMN address SET STATISTICS 0;
ALTER TABLE comments ALTER COLUMN body TYPE text, ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE events ALTER COLUMN payload TYPE text, ALTER COLUMN payload SET STATISTICS 0;
ALTER TABLE idempotency_keys ALTER COLUMN key TYPE text, ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE photos ALTER COLUMN placeholder TYPE text, ALTER COLUMN placeholder SET STATISTICS 0;

-- Former staff: since when they are, and when their name and address were taken away.
ALTER TABLE accounts
    ADD COLUMN deactivated_at timestamptz,
    ADD COLUMN anonymised_at  timestamptz;
UPDATE accounts SET deactivated_at = updated_at WHERE NOT active;
CREATE FUNCTION note_deactivation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deactivated_at := CASE WHEN NEW.active THEN NULL ELSE COALESCE(OLD.deactivated_at, now()) END;
    RETURN NEW;
END
$$;
-- A trigger, so that a node of the release before notes it too.
CREATE TRIGGER accounts_note_deactivation BEFORE UPDATE OF active ON accounts
    FOR EACH ROW EXECUTE FUNCTION note_deactivation();
