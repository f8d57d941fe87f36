-- Moves a region's replay floor up to the last of its events before a time; the rows stay, as history.
-- $1 text: region, $2 timestamptz: time. Indexes: region_heads_pkey, events_pkey.
UPDATE region_heads AS moved
SET floor = passed.upto
FROM (
    SELECT region_id,
           COALESCE(
               (SELECT MIN(seq) - 1
                FROM (
                    SELECT seq
                    FROM events
                    WHERE events.region_id = known.region_id AND events.seq > known.floor AND events.at >= $2
                    ORDER BY seq
                    LIMIT 1
                ) AS first_kept),
               known.head
           ) AS upto
    FROM region_heads AS known
    WHERE known.region_id = $1
) AS passed
WHERE moved.region_id = passed.region_id AND moved.floor < passed.upto
