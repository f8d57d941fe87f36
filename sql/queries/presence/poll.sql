-- How far claims are, which other nodes live with when they changed last, and whether one asks something. At least
-- one row; its node is NULL when there is no other. $1 uuid: the asking node. Reads a row a node.
SELECT clock.version, other.node, other.changed_at,
       EXISTS (SELECT FROM session_asks AS ask WHERE ask.asker <> $1) AS is_asked
FROM claim_clock AS clock
LEFT JOIN presence_nodes AS other
    ON other.node <> $1 AND other.seen_at > now() - interval '15 seconds'
