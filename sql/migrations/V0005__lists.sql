-- What lists, searches, exports and statistics of a million complaints are answered from.
--
-- Every index costs each complaint that is written, so there are few. Measured on 40 000 rows in
-- batches of 32 (CAPACITY.md): a complaint alone costs 9.5 µs, an index that is only appended to 1 µs
-- more, one on spatial keys 2 (b-tree) or 5 (GiST), a search for words 25 to 33.

-- Where a complaint lies, its category, severity, region and words, as one inverted index. What these
-- say seldom changes, so the row lies apart: a change of status, which writes a new row of
-- `complaints` with all its index entries, leaves this one alone (an index of words on `complaints`
-- costs 30 µs with every change). And PostgreSQL intersects them before it reads a single row.
CREATE TABLE complaint_words (
    complaint_id uuid PRIMARY KEY,
    -- Words of description and address in the language of the installation, and marks, which begin
    -- with '=' and which no text gives: =r region, =c category, =s severity, =k API key, =g cells
    -- of the maps (see complaint_marks).
    words        tsvector NOT NULL
);
-- Enough for the planner to know how frequent a word or a mark is: it decides by that whether to walk
-- the complaints in order or to read the index of words.
ALTER TABLE complaint_words ALTER COLUMN words SET STATISTICS 300;
-- The text search configuration of `words`. The program sets it at its start, and makes all words anew
-- when it was another one.
ALTER TABLE installation ADD COLUMN search_language text NOT NULL DEFAULT 'simple';

-- The marks of a complaint. Its cells are squares (in degrees) of six maps, 180°/2^level high and
-- wide, numbered from the south and from the west; `domain::cells` does the same.
CREATE FUNCTION complaint_marks(region text, category text, severity text, api_key uuid,
                                latitude double precision, longitude double precision)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY['=r' || region, '=c' || category, '=s' || severity]
        || CASE WHEN api_key IS NULL THEN '{}'::text[] ELSE ARRAY['=k' || api_key::text] END
        || CASE WHEN latitude IS NULL OR longitude IS NULL THEN '{}'::text[] ELSE ARRAY(
            SELECT '=g' || level::text
                || ':' || floor((latitude + 90) / 180 * (1 << level))::int::text
                || ':' || floor((longitude + 180) / 180 * (1 << level))::int::text
            FROM unnest(ARRAY[2, 5, 8, 11, 14, 17]) AS level
        ) END)
$$;

-- The words and marks of a complaint in a language.
CREATE FUNCTION words_of(complaint complaints, language text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT to_tsvector(language::regconfig, concat_ws(' ', complaint.description, complaint.address))
        || complaint_marks(complaint.region_id, complaint.category_id, complaint.severity,
                           complaint.api_key_id, complaint.latitude, complaint.longitude)
$$;

-- How far the words follow the events of each region. They are not written with a complaint, which
-- would cost it as much again as everything else (measured: 8 359 durable submissions a second instead of
-- about 22 000), but behind it: once a second, and by whoever searches, before the search.
CREATE TABLE word_heads (
    region_id text COLLATE "C" PRIMARY KEY,
    seq       bigint NOT NULL
);

-- Takes up at most `most` events of each region; how many were taken up. One at a time.
CREATE FUNCTION catch_up_words(most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM region_heads LEFT JOIN word_heads USING (region_id)
        WHERE region_heads.head > COALESCE(word_heads.seq, 0)
    ) THEN
        RETURN 0;
    END IF;
    LOCK TABLE word_heads IN SHARE ROW EXCLUSIVE MODE;
    WITH behind AS (
        SELECT region_id, COALESCE(word_heads.seq, 0) AS seq,
               LEAST(region_heads.head, COALESCE(word_heads.seq, 0) + most) AS upto
        FROM region_heads LEFT JOIN word_heads USING (region_id)
        WHERE region_heads.head > COALESCE(word_heads.seq, 0)
    ), spoken_of AS (
        SELECT DISTINCT events.complaint_id
        FROM behind
        JOIN events ON events.region_id = behind.region_id
            AND events.seq > behind.seq AND events.seq <= behind.upto
        WHERE events.kind IN ('complaint.created', 'complaint.updated', 'complaint.moved_in')
    ), noted AS (
        INSERT INTO complaint_words AS known (complaint_id, words)
        SELECT complaints.id, words_of(complaints, (SELECT search_language FROM installation))
        FROM spoken_of
        JOIN complaints ON complaints.id = spoken_of.complaint_id
        ON CONFLICT (complaint_id) DO UPDATE SET words = EXCLUDED.words
            WHERE known.words IS DISTINCT FROM EXCLUDED.words
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

CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM complaint_words WHERE complaint_id IN (SELECT id FROM erased);
    RETURN NULL;
END
$$;
CREATE TRIGGER words_forgotten AFTER DELETE ON complaints
    REFERENCING OLD TABLE AS erased FOR EACH STATEMENT EXECUTE FUNCTION forget_words();

-- Sets the language and makes all words anew when it was another one; whether it was. Who writes
-- complaints meanwhile waits, so that no complaint is left with words of the language before.
CREATE FUNCTION set_search_language(wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT search_language FROM installation) = wanted THEN
        RETURN false;
    END IF;
    LOCK TABLE word_heads IN SHARE ROW EXCLUSIVE MODE;
    LOCK TABLE complaint_words IN SHARE ROW EXCLUSIVE MODE;
    UPDATE installation SET search_language = wanted WHERE search_language <> wanted;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE complaint_words
    SET words = words_of(complaints, wanted)
    FROM complaints
    WHERE complaints.id = complaint_id;
    RETURN true;
END
$$;

INSERT INTO complaint_words (complaint_id, words)
SELECT id, words_of(complaints, 'simple') FROM complaints ORDER BY id;
INSERT INTO word_heads (region_id, seq) SELECT region_id, head FROM region_heads;

-- After the rows, which is faster. The list of what is not yet sorted in is kept short: every search
-- reads it, and whoever fills it up sorts it in.
CREATE INDEX complaint_words_by_word ON complaint_words USING gin (words)
    WITH (fastupdate = on, gin_pending_list_limit = 512);

-- Metres between two points on a sphere of the earth's mean radius (haversine), within 0.6 %.
CREATE FUNCTION metres_between(latitude_a double precision, longitude_a double precision,
                               latitude_b double precision, longitude_b double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 2 * 6371008.8 * asin(sqrt(least(1, sin(radians(latitude_b - latitude_a) / 2) ^ 2
        + cos(radians(latitude_a)) * cos(radians(latitude_b))
            * sin(radians(longitude_b - longitude_a) / 2) ^ 2)))
$$;

-- Lists by status in the order of submission, and from the index alone what statistics count of open
-- complaints: category, severity, assignee; and the time of the last change, by which the open ones
-- may be sorted.
DROP INDEX complaints_by_region_status;
CREATE INDEX complaints_by_region_status ON complaints (region_id, status, id)
    INCLUDE (category_id, severity, assignee_id, updated_at);

-- Lists by the last change. Only appended to.
CREATE INDEX complaints_by_update ON complaints (updated_at, id);

-- What one officer has, and what nobody has.
CREATE INDEX complaints_by_assignee ON complaints (assignee_id, status, id);

-- Lists of what is overdue or due soon, and how many those are. Only complaints whose deadline runs.
CREATE INDEX complaints_by_due ON complaints (due_at, id) INCLUDE (region_id) WHERE due_at IS NOT NULL;

-- The events of a day. Events are appended in the order of time, so that a range of blocks is enough
-- and a new event costs nothing.
CREATE INDEX events_by_time ON events USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

-- The time in a UUIDv7.
CREATE FUNCTION time_of(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
$$;

-- What happened in a region on a day (UTC) that is over: events never change, so this is counted once,
-- by whoever asks first, and a year is read in milliseconds.
CREATE TABLE day_figures (
    -- '': all regions together, which is what an admin asks for.
    region_id    text COLLATE "C" NOT NULL,
    day          date NOT NULL,
    opened       bigint NOT NULL,
    resolved     bigint NOT NULL,
    -- Times since submission in steps of a tenth each (see step_of), and how many complaints were
    -- acknowledged and how many resolved in each step: enough for a median to within a twentieth.
    steps        smallint[] NOT NULL,
    acknowledged bigint[] NOT NULL,
    settled      bigint[] NOT NULL,
    PRIMARY KEY (day, region_id)
);
-- The days that were counted, also those without any event.
CREATE TABLE counted_days (
    day date PRIMARY KEY
);

-- The step of a time: step n is from 1.1^n to 1.1^(n+1) minutes, and 0 also what is shorter.
CREATE FUNCTION step_of(took interval) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(ln(greatest(extract(epoch FROM took)::float8, 60) / 60) / ln(1.1::float8))::smallint
$$;

-- The figures of the days of some events, counted anew, by region and for all of them ('').
CREATE FUNCTION figures_between(first timestamptz, beyond timestamptz)
RETURNS TABLE (region_id text, day date, opened bigint, resolved bigint,
               steps smallint[], acknowledged bigint[], settled bigint[])
LANGUAGE sql STABLE AS $$
    SELECT region_id, day, SUM(opened)::bigint, SUM(resolved)::bigint,
           COALESCE(array_agg(step) FILTER (WHERE acknowledged + resolved > 0), '{}'),
           COALESCE(array_agg(acknowledged) FILTER (WHERE acknowledged + resolved > 0), '{}'),
           COALESCE(array_agg(resolved) FILTER (WHERE acknowledged + resolved > 0), '{}')
    FROM (
        SELECT COALESCE(region_id, '') AS region_id,
               (at AT TIME ZONE 'UTC')::date AS day,
               step_of(at - time_of(complaint_id)) AS step,
               COUNT(*) FILTER (WHERE kind = 'complaint.created') AS opened,
               COUNT(*) FILTER (WHERE status_before = 'reported' AND status_after <> 'reported') AS acknowledged,
               COUNT(*) FILTER (WHERE status_after = 'resolved' AND status_before <> 'resolved') AS resolved
        FROM events
        WHERE at >= first AND at < beyond
        GROUP BY GROUPING SETS ((region_id, 2, 3), (2, 3))
    ) AS part
    GROUP BY region_id, day
$$;
