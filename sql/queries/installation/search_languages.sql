-- The text search configurations that can be named without a schema. A few dozen rows.
SELECT cfgname::text AS language FROM pg_ts_config WHERE pg_ts_config_is_visible(oid) ORDER BY cfgname
