-- What others ask of a node that has not answered. $1 uuid: node. Reads a row a question; there are hardly any.
SELECT id, session
FROM session_asks AS ask
WHERE asker <> $1
  AND asked_at > now() - interval '10 seconds'
  AND NOT EXISTS (SELECT FROM session_answers AS answer WHERE answer.ask_id = ask.id AND answer.node = $1)
