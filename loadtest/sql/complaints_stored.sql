-- Complaints that are stored. A scan: after a load test.
SELECT count(*) FROM complaints
