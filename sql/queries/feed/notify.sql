-- Tells the other nodes how far regions are. $1 text: channel, $2 text: hints.
-- Never inside a write transaction: it takes a global lock over the commit.
SELECT pg_notify($1, $2)
