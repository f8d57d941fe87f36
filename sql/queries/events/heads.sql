-- The number of the last event of every region: one narrow row a region.
SELECT region_id, head FROM region_heads
