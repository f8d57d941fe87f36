-- Within which radius and age an open complaint of the same category may be the same trouble.
ALTER TABLE categories
    ADD COLUMN duplicate_radius_m integer NOT NULL DEFAULT 50 CHECK (duplicate_radius_m BETWEEN 0 AND 5000),
    ADD COLUMN duplicate_days integer NOT NULL DEFAULT 14 CHECK (duplicate_days BETWEEN 0 AND 366);
