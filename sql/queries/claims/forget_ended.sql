-- Forgets claims that ended an hour ago: every node that lives has learned of their end. Index: claims_by_end.
DELETE FROM claims WHERE ends_at < now() - interval '1 hour'
