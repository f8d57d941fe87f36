-- The number of each region's last event. $1 text[] regions, $2 int8[] numbers.
UPDATE region_heads SET head = counted.head
FROM UNNEST($1::text[], $2::int8[]) AS counted (region_id, head)
WHERE region_heads.region_id = counted.region_id
