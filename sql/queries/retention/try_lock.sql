-- Takes the lock of runs if nobody has it. Held by the session: freed when the process dies. One row.
SELECT pg_try_advisory_lock(hashtextextended('redress retention ' || current_schema(), 0)) AS taken
