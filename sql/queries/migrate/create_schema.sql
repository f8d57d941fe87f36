-- Creates our schema. $schema is replaced by a checked plain identifier.
CREATE SCHEMA "$schema"
