-- Erases complaints with everything of them; they are locked. $1 uuid[]: their ids, $2 timestamptz[]: when they were
-- created, which is when their idempotency keys were. $3 timestamptz: now; a hold that is in force keeps its complaint
-- by its foreign key. Reporters, comments, supports and photos go by theirs, words by a trigger.
-- Index: complaints_pkey, events_by_complaint, idempotency_keys_by_age, claims_pkey, legal_holds_pkey.
WITH told AS (
    DELETE FROM events WHERE complaint_id = ANY ($1)
), answered AS (
    DELETE FROM idempotency_keys AS answer
    USING UNNEST($1::uuid[], $2::timestamptz[]) AS gone (id, created_at)
    WHERE answer.created_at = gone.created_at AND answer.complaint_id = gone.id
), claimed AS (
    DELETE FROM claims WHERE complaint_id = ANY ($1)
), held AS (
    DELETE FROM legal_holds WHERE complaint_id = ANY ($1) AND until <= $3
)
DELETE FROM complaints
WHERE id = ANY ($1)
