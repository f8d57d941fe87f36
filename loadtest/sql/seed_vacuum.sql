-- Marks all pages as visible to everybody, which an index alone needs to answer, and counts for the planner.
VACUUM ANALYZE complaints, complaint_words, events
