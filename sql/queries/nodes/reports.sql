-- What some nodes say of their live connections. $1 uuid[]: nodes. Index: presence_nodes_pkey.
SELECT node, report::text AS report FROM presence_nodes WHERE node = ANY ($1::uuid[])
