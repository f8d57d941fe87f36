-- The first day of a range that was not counted yet; NULL: all were. One row.
-- $1 date first day, $2 date the day behind the last. Index: counted_days_pkey.
SELECT MIN(wanted.day)::date AS day
FROM generate_series($1::date, $2::date - 1, interval '1 day') AS wanted (day)
WHERE NOT EXISTS (SELECT FROM counted_days WHERE counted_days.day = wanted.day)
