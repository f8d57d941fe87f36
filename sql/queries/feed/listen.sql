-- Hears hints of other nodes. $channel is replaced by a checked plain identifier.
LISTEN "$channel"
