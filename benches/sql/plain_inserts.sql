-- What pgbench writes to: a table with a primary key and nothing else.
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.plain_inserts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region      integer NOT NULL,
    description text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
