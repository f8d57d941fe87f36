-- Ends the moment.
COMMIT
