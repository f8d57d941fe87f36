-- Settings of a commit lane's connection: a stuck statement or a stuck neighbour ends in time.
-- One plan for batches of every size: PostgreSQL would otherwise plan each batch anew, because arrays
-- of one row look cheaper than its guess of ten (measured: a fifth of the rate at 256 rows).
SET statement_timeout = '8s';
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '10s';
SET synchronous_commit = on;
SET plan_cache_mode = force_generic_plan;
