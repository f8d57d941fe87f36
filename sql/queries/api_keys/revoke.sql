-- Revokes an API key for good. No row: there is no such key. $1 uuid: id. Relies on the primary key.
UPDATE api_keys SET active = false WHERE id = $1 RETURNING id
