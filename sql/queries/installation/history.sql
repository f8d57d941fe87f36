-- The history that the database has now; NULL on a standby. One row.
SELECT database_history() AS history
