-- The ids of complaints among which are all in some cells with some marks and words, when they are few. One row;
-- NULL: more.
-- $1 text[] cells, each a tsquery, or NULL, $2 text tsquery of some larger cells, $3 text tsquery of marks or NULL,
--   $4 text words or NULL, $5 text their language, $6 int8 how many are few, $7 int8 how many the planner may guess.
-- Index: complaint_words_by_word.
SELECT few_marked($1::text[], $2::text::tsquery, $3::text::tsquery,
                  websearch_to_tsquery($5::text::regconfig, $4::text), $6, $7) AS ids
