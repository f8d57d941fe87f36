-- Removes logins that ended over a day ago, with their refresh tokens: those of people who do not come back.
-- $1 bigint: at most so many. How many were removed is the number of rows. Reads the table; it runs once a day.
DELETE FROM logins
WHERE id IN (
    SELECT id FROM logins WHERE LEAST(expires_at, revoked_at) < now() - INTERVAL '1 day' LIMIT $1
)
