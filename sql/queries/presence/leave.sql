-- Forgets a node with its presence. $1 uuid: node. Index: presence_nodes_pkey, presence_pkey.
DELETE FROM presence_nodes WHERE node = $1
