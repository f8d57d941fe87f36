-- Settings of the connection that notifies. A NOTIFY writes its own commit into the log, and must not make that of a
-- batch wait for its flush: a hint that is lost in a crash is found by the head poll.
SET synchronous_commit = off
