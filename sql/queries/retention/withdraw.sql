-- Takes back a run that no node has taken up. $1 uuid: id. Index: retention_runs_pkey.
DELETE FROM retention_runs WHERE id = $1 AND begun_at IS NULL
