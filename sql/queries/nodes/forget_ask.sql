-- Forgets a question with its answers. $1 uuid: the question. Index: session_asks_pkey.
DELETE FROM session_asks WHERE id = $1
