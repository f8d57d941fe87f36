-- As in V0014, but what lies in the cells is judged as it is read, and regions are not looked up beside cells.
--
-- Ids of complaints, at most `looked`, among which are all that lie in one of the cells (NULL: anywhere), have the marks
-- (NULL: any) and words (NULL: any) and are in the regions (NULL: in any); NULL when there are many, so that a walk finds
-- a page of them soon.
--
-- Words and marks are looked up together with few, larger cells where the planner guesses few: its guess is good of what
-- is frequent. Else the small cells are read (1.3 µs an entry), and whether an entry has the words and marks is asked in the
-- table at hand, so that no complaint is read that has not. Regions together with cells cost most (a quarter of three
-- regions of a million complaints: 70 ms in larger cells, 100 to 300 in small ones), so they are asked for in the table
-- too; only where many lie in the cells and few of these in the regions are they looked up.
DROP FUNCTION few_marked(text[], tsquery, tsquery, tsquery, bigint, bigint);
CREATE FUNCTION few_marked(cells text[], around tsquery, marks tsquery, regions tsquery, said tsquery,
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
    -- Of those that have all words of a phrase, few have the phrase: a walk finds a page of them only after many. Of some
    -- regions it passes those of others sooner.
    IF guessed > guess * (CASE WHEN said::text NOT LIKE '%<%' THEN 1 WHEN regions IS NULL THEN 5 ELSE 2.5 END) THEN
        RETURN NULL;
    END IF;
    SELECT COUNT(*), COALESCE(array_agg(complaint_id) FILTER (WHERE regions IS NULL OR words @@ regions), '{}')
    INTO seen, found
    FROM (SELECT complaint_id, words FROM complaint_words WHERE words @@ wanted LIMIT looked + 1) AS noted;
    RETURN CASE WHEN seen <= looked THEN found END;
END
$$;
