-- Ends the transaction of a batch: from here on it is durable.
COMMIT
