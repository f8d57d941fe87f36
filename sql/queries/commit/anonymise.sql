-- Removes what is personal beside the rows of complaints, which are written by now; they are locked. $1 uuid[]: their
-- ids, $2 timestamptz[]: when they were created, which is when their idempotency keys were.
-- Index: events_by_complaint, idempotency_keys_by_age, comments_by_complaint, supports_pkey, photos_by_complaint.
WITH told AS (
    UPDATE events SET payload = anonymised_payload(payload)
    WHERE complaint_id = ANY ($1) AND kind <> 'complaint.erased'
), answered AS (
    DELETE FROM idempotency_keys AS answer
    USING UNNEST($1::uuid[], $2::timestamptz[]) AS gone (id, created_at)
    WHERE answer.created_at = gone.created_at AND answer.complaint_id = gone.id
), written AS (
    DELETE FROM comments WHERE complaint_id = ANY ($1)
), supported AS (
    DELETE FROM supports WHERE complaint_id = ANY ($1)
), shown AS (
    DELETE FROM photos WHERE complaint_id = ANY ($1)
), reported AS (
    DELETE FROM reporters WHERE complaint_id = ANY ($1)
)
UPDATE complaint_words AS known
SET words = words_of(complaints, (SELECT search_language FROM installation))
FROM complaints
WHERE complaints.id = known.complaint_id AND known.complaint_id = ANY ($1)
