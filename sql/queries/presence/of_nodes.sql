-- Who is online on some nodes. $1 uuid[]: nodes. Index: presence_pkey.
SELECT node, region_id, account_id, sockets, since
FROM presence
WHERE node = ANY ($1::uuid[])
