-- One row when the schema exists. $1 text: its name.
SELECT nspname FROM pg_namespace WHERE nspname = $1
