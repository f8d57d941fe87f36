-- The status `acknowledged`, and the rules of regions and categories as documents: workflows,
-- business calendars, deadlines. Each document is read, checked and held in memory whole with the
-- catalogue, so the database stores it as JSON and asks nothing of its inside.

ALTER TABLE complaints
    DROP CONSTRAINT complaints_status_check,
    ADD CONSTRAINT complaints_status_check CHECK (status IN
        ('reported', 'acknowledged', 'in_progress', 'on_hold', 'resolved', 'closed', 'rejected'));

CREATE TABLE workflows (
    region_id   text COLLATE "C" NOT NULL REFERENCES regions,
    -- '': of all categories; a category's own document tightens the one of its region further.
    category_id text COLLATE "C" NOT NULL DEFAULT '',
    document    json NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (region_id, category_id)
);

CREATE TABLE calendars (
    region_id  text COLLATE "C" PRIMARY KEY REFERENCES regions,
    document   json NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE deadlines (
    category_id text COLLATE "C" PRIMARY KEY REFERENCES categories,
    -- A list of rules, for all regions and severities or for some.
    rules       json NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
