-- The identity of this database. One row.
SELECT id, epoch, history, tracking_secret, search_language FROM installation
