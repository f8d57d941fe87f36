-- Which of these people support these complaints already. $1 uuid[] complaint, $2 bytea[] supporter,
-- pairwise. Index: supports_pkey. Runs behind the lock of the complaints: what it sees stays.
SELECT complaint_id, supporter
FROM supports
JOIN UNNEST($1::uuid[], $2::bytea[]) AS asked (complaint_id, supporter) USING (complaint_id, supporter)
