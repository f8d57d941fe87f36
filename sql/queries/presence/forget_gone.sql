-- Forgets nodes that were not seen for a minute, with their presence. Reads a row a node.
DELETE FROM presence_nodes WHERE seen_at < now() - interval '1 minute'
