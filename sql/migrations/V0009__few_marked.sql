-- What a search reads first: the complaints of an officer, or those in some cells of a map, with some marks and words,
-- when they are few.

-- What one officer has, with what narrows it for another one. Nobody's complaints are not in it: they are read by
-- status, or newest first, and a submission has no entry to write here.
DROP INDEX complaints_by_assignee;
CREATE INDEX complaints_by_assignee ON complaints (assignee_id, status, id) INCLUDE (region_id, category_id, severity)
    WHERE assignee_id IS NOT NULL;

-- How many complaints have these words and marks, as the planner guesses.
CREATE FUNCTION guessed_marked(wanted tsquery) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM complaint_words WHERE words @@ %L::tsquery', wanted) INTO plan;
    RETURN plan #>> '{0,Plan,Plan Rows}';
END
$$;

-- Ids of complaints, at most `most`, among which are all that lie in one of the cells (NULL: anywhere) and have the
-- marks (NULL: any) and words (NULL: any); NULL when there are more.
--
-- The planner cannot be asked to read the index of words whatever it believes: it thinks every rare cell of a map as
-- frequent as the least frequent one that it knows, and then walks the table instead. So the index is read here,
-- unless the planner guesses more than `guess`: then it would take long (measured at a million complaints: 0.1 µs each
-- in the index, 1.2 µs in the table, 3 µs where a phrase is looked for), and a walk finds a page of them at once.
--
-- Cells are looked up one after the other: 252 in 4 ms; as alternatives of one query in 83 ms, and together with a
-- frequent mark in 370 ms. So what is rare alone is read alone, and all of them together only in few, larger cells
-- (`around`).
CREATE FUNCTION few_marked(cells text[], around tsquery, marks tsquery, said tsquery, most bigint, guess bigint)
RETURNS uuid[] LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wanted tsquery := CASE WHEN marks IS NULL THEN said WHEN said IS NULL THEN marks ELSE marks && said END;
    guessed double precision;
    found uuid[];
BEGIN
    IF numnode(said) = 0 THEN
        -- Nothing but words that are too usual to be noted.
        RETURN '{}';
    END IF;
    IF wanted IS NOT NULL THEN
        guessed := guessed_marked(wanted);
    END IF;
    IF cells IS NOT NULL AND (guessed IS NULL OR guessed > most / 4) THEN
        IF guessed_marked(array_to_string(cells, ' | ')::tsquery) <= guess THEN
            SELECT array_agg(complaint_id) INTO found
            FROM (SELECT complaint_id FROM complaint_words WHERE words @@ ANY (cells::tsquery[]) LIMIT most + 1) AS noted;
            IF found IS NULL OR cardinality(found) <= most THEN
                RETURN COALESCE(found, '{}');
            END IF;
        END IF;
        IF guessed IS NULL OR around IS NULL THEN
            RETURN NULL;
        END IF;
        wanted := around && wanted;
        guessed := guessed_marked(wanted);
    END IF;
    -- Of those that have all words of a phrase, few have the phrase.
    IF guessed > guess * (CASE WHEN said::text LIKE '%<%' THEN 2.5 ELSE 1 END) THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(complaint_id) INTO found
    FROM (SELECT complaint_id FROM complaint_words WHERE words @@ wanted LIMIT most + 1) AS noted;
    RETURN CASE WHEN found IS NULL THEN '{}' WHEN cardinality(found) <= most THEN found END;
END
$$;
