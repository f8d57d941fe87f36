-- Everything that follows sees one moment of the database.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
