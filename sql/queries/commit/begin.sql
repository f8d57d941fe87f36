-- Begins the transaction of a batch that holds changes.
BEGIN
