-- The complaints whose reporter gave an e-mail address. $1 text: the address, compared without case (ASCII), $2 bigint:
-- how many. Reads all reporters: it is asked seldom, and an index would be paid for by each submission.
SELECT complaint.id, complaint.region_id, complaint.status
FROM reporters AS reporter
JOIN complaints AS complaint ON complaint.id = reporter.complaint_id
WHERE lower(reporter.email COLLATE "C") = lower($1::text COLLATE "C")
ORDER BY complaint.id
LIMIT $2
