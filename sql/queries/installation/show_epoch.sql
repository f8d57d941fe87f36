-- The epoch, and whether it stands for the history that the database has now. One row.
SELECT epoch, history IS NOT DISTINCT FROM database_history() AS is_settled, database_history() AS history,
       CASE WHEN kept_until > now() THEN kept_until END AS kept_until
FROM installation
