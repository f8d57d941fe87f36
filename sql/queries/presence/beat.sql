-- Says that a node lives; no row when others have forgotten it. $1 uuid: node. Index: presence_nodes_pkey.
UPDATE presence_nodes SET seen_at = clock_timestamp() WHERE node = $1 RETURNING node
