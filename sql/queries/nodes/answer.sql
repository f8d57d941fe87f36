-- Answers a question that is still there. $1 uuid: the question, $2 uuid: the answering node, $3 text: JSON.
-- Index: session_asks_pkey.
INSERT INTO session_answers (ask_id, node, answer)
SELECT id, $2, $3::text::json FROM session_asks WHERE id = $1
ON CONFLICT DO NOTHING
