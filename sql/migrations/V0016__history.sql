-- Which history of which database the epoch stands for.

ALTER TABLE installation
    -- What database_history() said when a node or an operator looked last; NULL before the first look.
    ADD COLUMN history    text,
    -- Until then another history is taken for the same one, by an operator's word.
    ADD COLUMN kept_until timestamptz;

-- Names the history that this database has now: another one after a restore, on another cluster, and behind a
-- promotion. NULL on a standby. Each part that the role may not see is '?'.
CREATE FUNCTION database_history() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    cluster  text := '?';
    timeline text := '?';
BEGIN
    IF pg_is_in_recovery() THEN
        RETURN NULL;
    END IF;
    BEGIN
        SELECT system_identifier::text INTO cluster FROM pg_control_system();
    EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN
        NULL;
    END;
    BEGIN
        -- The first eight digits of a WAL file's name are its timeline. The control file says so too, but only
        -- from the first checkpoint behind a promotion on.
        timeline := substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
    EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN
        NULL;
    END;
    -- The table's own number is another one once a dump was restored over it.
    RETURN concat_ws(
        '-', cluster, (SELECT oid FROM pg_database WHERE datname = current_database()),
        'installation'::regclass::oid, timeline
    );
END
$$;
