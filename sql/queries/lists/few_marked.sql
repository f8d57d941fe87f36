-- The ids of complaints among which are all in some cells and regions with some marks and words, when they are few. One
-- row; NULL: more.
-- $1 text[] cells, each a tsquery, or NULL, $2 text tsquery of some larger cells, $3 text tsquery of marks or NULL,
--   $4 text tsquery of regions or NULL, $5 text words or NULL, $6 text their language, $7 int8 how many are few,
--   $8 int8 how many entries may be looked at, $9 int8 how many the planner may guess.
-- Index: complaint_words_by_word.
SELECT few_marked($1::text[], $2::text::tsquery, $3::text::tsquery, $4::text::tsquery,
                  words_asked($6, $5), $7, $8, $9) AS ids
