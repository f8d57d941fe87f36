-- Takes up what was written since the words of complaints were noted last; how many events that were.
-- $1 int8: most events of each region. Index: events_pkey, complaints_pkey.
SELECT catch_up_words($1) AS taken
