-- What erasures and steps leave behind in the large tables is cleared when a twentieth of their rows is dead, not a
-- fifth, as PostgreSQL would by itself: a run that erases a third of a million complaints has most of its room back by
-- its end, and none of it waits for a person.
ALTER TABLE complaints SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE complaint_words SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE reporters SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE comments SET (autovacuum_vacuum_scale_factor = 0.05);
