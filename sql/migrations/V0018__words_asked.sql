-- The query of words that somebody looks for, as people search the web.
--
-- Immutable, so that PostgreSQL makes it once, as it plans: `websearch_to_tsquery` with a cast to regconfig, which is
-- only stable, was made again for each complaint that a walk passed (1.4 times as slow at a million complaints), and
-- from a subquery the planner could not tell how many have the words. A configuration's change changes the words noted
-- too, which the program makes anew at its start.
CREATE FUNCTION words_asked(language text, asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT websearch_to_tsquery(language::regconfig, asked)
$$;

-- As in V0015, but half as many candidates of a phrase are read, since a walk is faster now.
CREATE OR REPLACE FUNCTION few_marked(cells text[], around tsquery, marks tsquery, regions tsquery, said tsquery,
                           most bigint, looked bigint, guess bigint)
RETURNS uuid[] LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wanted tsquery := CASE WHEN marks IS NULL THEN said WHEN said IS NULL THEN marks ELSE marks && said END;
    within tsquery := CASE WHEN wanted IS NULL THEN regions WHEN regions IS NULL THEN wanted ELSE wanted && regions END;
    guessed double precision;
    many double precision;
    looking bigint;
    seen bigint;
    found uuid[];
BEGIN
    IF numnode(said) = 0 THEN
        -- Nothing but words that are too usual to be noted.
        RETURN '{}';
    END IF;
    IF cells IS NULL THEN
        wanted := within;
    END IF;
    IF wanted IS NOT NULL THEN
        guessed := guessed_marked(wanted);
    END IF;
    IF cells IS NOT NULL AND around IS NOT NULL AND guessed > most / 4 AND guessed_marked(around && wanted) <= looked THEN
        wanted := around && wanted;
        guessed := guessed_marked(wanted);
    ELSIF cells IS NOT NULL AND (guessed IS NULL OR guessed > most / 4) THEN
        many := guessed_marked(array_to_string(cells, ' | ')::tsquery);
        -- Else the index alone would take long.
        IF many <= guess * (CASE WHEN within IS NULL THEN 1 ELSE 4 END) THEN
            -- A tenth tells of what kind they are, where many lie in them.
            looking := CASE WHEN within IS NULL THEN most WHEN many <= guess THEN looked ELSE looked / 10 END;
            SELECT COUNT(*), COALESCE(array_agg(complaint_id) FILTER (WHERE within IS NULL OR words @@ within), '{}')
            INTO seen, found
            FROM (SELECT complaint_id, words FROM complaint_words WHERE words @@ ANY (cells::tsquery[]) LIMIT looking + 1) AS noted;
        END IF;
        IF seen <= looking AND cardinality(found) <= most THEN
            RETURN found;
        END IF;
        IF within IS NULL OR around IS NULL OR cardinality(found) > most OR cardinality(found) > seen / 4 THEN
            RETURN NULL;
        END IF;
        wanted := around && COALESCE(wanted, regions);
        guessed := guessed_marked(wanted);
    END IF;
    -- Of those that have all words of a phrase, about a tenth have the phrase: a walk finds a page of them only after
    -- many. Of some regions it passes those of others sooner. Measured of a million complaints, three regions of 16: of
    -- 3 657 guessed, reading takes 19 ms and a walk 40; of 7 745, 30 and 14.
    IF guessed > guess * (CASE WHEN said::text NOT LIKE '%<%' THEN 1 WHEN regions IS NULL THEN 2.5 ELSE 1.25 END) THEN
        RETURN NULL;
    END IF;
    SELECT COUNT(*), COALESCE(array_agg(complaint_id) FILTER (WHERE regions IS NULL OR words @@ regions), '{}')
    INTO seen, found
    FROM (SELECT complaint_id, words FROM complaint_words WHERE words @@ wanted LIMIT looked + 1) AS noted;
    RETURN CASE WHEN seen <= looked THEN found END;
END
$$;
