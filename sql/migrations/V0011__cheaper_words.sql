-- Words for searches at two thirds of the cost (CAPACITY.md). What went: two of six maps, functions that
-- PostgreSQL cannot inline (a sub-select in them forbids it), and asking of each new complaint whether
-- its words are known already.

-- The marks of a complaint. Its cells are squares (in degrees) of four maps, 180°/2^level high and
-- wide, numbered from the south and from the west; `domain::cells` does the same.
CREATE OR REPLACE FUNCTION complaint_marks(region text, category text, severity text, api_key uuid,
                                           latitude double precision, longitude double precision)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(ARRAY[
        '=r' || region, '=c' || category, '=s' || severity, '=k' || api_key::text,
        '=g4:' || floor((latitude + 90) / 180 * 16)::int::text
            || ':' || floor((longitude + 180) / 180 * 16)::int::text,
        '=g8:' || floor((latitude + 90) / 180 * 256)::int::text
            || ':' || floor((longitude + 180) / 180 * 256)::int::text,
        '=g12:' || floor((latitude + 90) / 180 * 4096)::int::text
            || ':' || floor((longitude + 180) / 180 * 4096)::int::text,
        '=g16:' || floor((latitude + 90) / 180 * 65536)::int::text
            || ':' || floor((longitude + 180) / 180 * 65536)::int::text
    ], NULL))
$$;

-- Takes up at most `most` events of each region; how many were taken up. One at a time. A complaint is
-- created once, and its event is taken up in the transaction that notes its words: there are none yet.
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
        WHERE events.kind IN ('complaint.created', 'complaint.updated', 'complaint.moved_in')
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

-- What is noted, with the cells of the new maps; the index after the rows, which is faster.
DROP INDEX complaint_words_by_word;
UPDATE complaint_words
SET words = words_of(complaints, (SELECT search_language FROM installation))
FROM complaints
WHERE complaints.id = complaint_id;
CREATE INDEX complaint_words_by_word ON complaint_words USING gin (words)
    WITH (fastupdate = on, gin_pending_list_limit = 512);
