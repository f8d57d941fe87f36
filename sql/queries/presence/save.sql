-- Makes a node's presence what it has now, and says when.
-- $1 uuid: node, $2 text[]: regions, $3 uuid[]: accounts, $4 int4[]: sockets, $5 timestamptz[]: since when,
-- an entry of each for an account in a region; $6 text: the node's report, JSON. Index: presence_pkey.
WITH present AS (
    SELECT region_id, account_id, sockets, since
    FROM unnest($2::text[], $3::uuid[], $4::int4[], $5::timestamptz[])
        AS present (region_id, account_id, sockets, since)
), seen AS (
    INSERT INTO presence_nodes (node, changed_at, seen_at, report)
    VALUES ($1, clock_timestamp(), clock_timestamp(), $6::text::json)
    ON CONFLICT (node) DO UPDATE
    SET changed_at = EXCLUDED.changed_at, seen_at = EXCLUDED.seen_at, report = EXCLUDED.report
    RETURNING node
), gone AS (
    DELETE FROM presence
    WHERE node = $1
      AND NOT EXISTS (
          SELECT FROM present
          WHERE present.region_id = presence.region_id AND present.account_id = presence.account_id
      )
)
INSERT INTO presence (node, region_id, account_id, sockets, since)
SELECT seen.node, present.region_id, present.account_id, present.sockets, present.since
FROM seen, present
ON CONFLICT (node, region_id, account_id) DO UPDATE
SET sockets = EXCLUDED.sockets, since = EXCLUDED.since
WHERE (presence.sockets, presence.since) IS DISTINCT FROM (EXCLUDED.sockets, EXCLUDED.since)
