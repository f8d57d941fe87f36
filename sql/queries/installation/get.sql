-- The identity of this database. One row.
SELECT id, epoch, tracking_secret FROM installation
