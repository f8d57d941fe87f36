-- Forgets questions of nodes that went before they were answered. Reads a row a question.
DELETE FROM session_asks WHERE asked_at < now() - interval '1 minute'
