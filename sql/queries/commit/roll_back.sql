-- Ends the transaction of a batch without a trace.
ROLLBACK
