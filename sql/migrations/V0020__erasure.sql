-- Erasing: what stays of an erased complaint, what must not be erased, and up to where events may be missing.

-- What was erased, and why: no personal data. A row a complaint and mode; the last time counts.
CREATE TABLE tombstones (
    complaint_id uuid NOT NULL,
    mode         text NOT NULL CHECK (mode IN ('erase', 'anonymise', 'erase_identity')),
    region_id    text COLLATE "C" NOT NULL,
    category_id  text COLLATE "C" NOT NULL,
    -- The last status, and since when.
    status       text NOT NULL,
    status_since timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    at           timestamptz NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('retention', 'purge', 'request')),
    -- The run that did it; NULL: a single request.
    run_id       uuid,
    -- What went with it.
    photos       integer NOT NULL,
    bytes        bigint NOT NULL,
    PRIMARY KEY (complaint_id, mode)
);
-- What a run did: counted from here, also after the run was killed.
CREATE INDEX tombstones_by_run ON tombstones (run_id) WHERE run_id IS NOT NULL;

-- At most one a complaint, in force or over. Written under the row lock of its complaint. The foreign key
-- keeps a held complaint, whoever deletes: rows that are over are deleted first.
CREATE TABLE legal_holds (
    complaint_id uuid PRIMARY KEY REFERENCES complaints,
    placed_by    uuid NOT NULL,
    reason       text NOT NULL,
    placed_at    timestamptz NOT NULL,
    -- NULL: until it is released.
    until        timestamptz
);
CREATE INDEX legal_holds_by_time ON legal_holds (placed_at DESC, complaint_id DESC);

-- Events up to this number may be missing or say less than they did: who asks for what comes behind a lower
-- number gets a snapshot.
ALTER TABLE region_heads ADD COLUMN floor bigint NOT NULL DEFAULT 0;

-- Photos whose rows are gone and whose blobs are to be removed.
CREATE TABLE blob_removals (
    photo_id uuid PRIMARY KEY,
    -- When it is tried next; who tries moves it on first.
    due_at   timestamptz NOT NULL,
    -- It was being made into pictures, which may be stored after they were removed: remove them again then.
    again_at timestamptz,
    attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX blob_removals_by_due ON blob_removals (due_at);

-- What an event says after its complaint was anonymised: no free text, no picture's blur or time, a rounded place.
CREATE FUNCTION anonymised_payload(payload text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said jsonb := payload::jsonb;
    complaint jsonb := said -> 'complaint';
BEGIN
    IF complaint ? 'description' THEN
        said := jsonb_set(said, '{complaint}', complaint || jsonb_build_object(
            'description', '', 'address', NULL,
            'latitude', round((complaint ->> 'latitude')::numeric, 2)::float8,
            'longitude', round((complaint ->> 'longitude')::numeric, 2)::float8));
    END IF;
    RETURN said #- '{change,comment}' #- '{change,description}' #- '{change,place}'
        #- '{change,photo,placeholder}' #- '{change,photo,reason}' #- '{change,photo,taken_at}';
END
$$;

-- As in V0011, but words of complaints that were erased are forgotten: somebody who took up earlier events may have
-- noted them from a complaint that was being erased.
CREATE OR REPLACE FUNCTION catch_up_words(most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
    language text;
BEGIN
    IF NOT EXISTS (
        SELECT FROM region_heads LEFT JOIN word_heads USING (region_id)
        WHERE region_heads.head > COALESCE(word_heads.seq, 0)
    ) THEN
        RETURN 0;
    END IF;
    LOCK TABLE word_heads IN SHARE ROW EXCLUSIVE MODE;
    SELECT search_language INTO language FROM installation;
    WITH behind AS (
        SELECT region_id, COALESCE(word_heads.seq, 0) AS seq,
               LEAST(region_heads.head, COALESCE(word_heads.seq, 0) + most) AS upto
        FROM region_heads LEFT JOIN word_heads USING (region_id)
        WHERE region_heads.head > COALESCE(word_heads.seq, 0)
    ), spoken_of AS (
        SELECT events.complaint_id, bool_or(events.kind = 'complaint.created') AS created
        FROM behind
        JOIN events ON events.region_id = behind.region_id
            AND events.seq > behind.seq AND events.seq <= behind.upto
        WHERE events.kind IN ('complaint.created', 'complaint.updated', 'complaint.moved_in', 'complaint.erased')
        GROUP BY events.complaint_id
    ), noted AS (
        INSERT INTO complaint_words (complaint_id, words)
        SELECT complaints.id, words_of(complaints, language)
        FROM spoken_of
        JOIN complaints ON complaints.id = spoken_of.complaint_id
        WHERE spoken_of.created
    ), changed AS (
        UPDATE complaint_words AS known
        SET words = words_of(complaints, language)
        FROM spoken_of
        JOIN complaints ON complaints.id = spoken_of.complaint_id
        WHERE NOT spoken_of.created
          AND known.complaint_id = spoken_of.complaint_id
          AND known.words IS DISTINCT FROM words_of(complaints, language)
    ), forgotten AS (
        DELETE FROM complaint_words AS known
        USING spoken_of
        WHERE known.complaint_id = spoken_of.complaint_id
          AND NOT EXISTS (SELECT FROM complaints WHERE complaints.id = spoken_of.complaint_id)
    ), moved AS (
        INSERT INTO word_heads (region_id, seq)
        SELECT region_id, upto FROM behind
        ON CONFLICT (region_id) DO UPDATE SET seq = EXCLUDED.seq
    )
    SELECT SUM(upto - seq) INTO taken FROM behind;
    -- Nothing, when somebody else took it up while we waited for the lock.
    RETURN COALESCE(taken, 0);
END
$$;
