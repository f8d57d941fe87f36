-- Every business calendar. All of them: the catalogue is held in memory whole. Primary key of calendars.
SELECT region_id, document
FROM calendars
ORDER BY region_id
