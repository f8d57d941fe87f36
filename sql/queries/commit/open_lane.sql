-- Settings of a commit lane's connection: a stuck statement or a stuck neighbour ends in time.
SET statement_timeout = '8s';
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '10s';
SET synchronous_commit = on;
