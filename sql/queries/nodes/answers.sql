-- The answers so far. $1 uuid: the question. Index: session_answers_pkey.
SELECT node, answer::text AS answer FROM session_answers WHERE ask_id = $1
