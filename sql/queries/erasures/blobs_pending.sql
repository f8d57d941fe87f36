-- How many photos wait for the removal of their blobs. One row.
SELECT COUNT(*) AS pending FROM blob_removals
