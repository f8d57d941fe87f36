-- Asks all other nodes. $1 uuid: the question's id, $2 uuid: the asking node, $3 uuid: the session to be ended, or NULL:
-- describe yours.
INSERT INTO session_asks (id, asker, asked_at, session) VALUES ($1, $2, clock_timestamp(), $3)
