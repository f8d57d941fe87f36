-- Makes everything as it was.
ALTER TABLE complaints ENABLE TRIGGER USER;
ALTER TABLE events ENABLE TRIGGER USER;
DO $$ BEGIN
    IF to_regclass('word_heads') IS NOT NULL THEN
        INSERT INTO word_heads (region_id, seq) SELECT region_id, head FROM region_heads
        ON CONFLICT (region_id) DO UPDATE SET seq = EXCLUDED.seq;
    END IF;
END $$;
ANALYZE regions, region_heads, accounts, account_regions, categories;
