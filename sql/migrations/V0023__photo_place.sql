-- Photos may say where and when they were taken, if whoever sent them wants that.

ALTER TABLE photos
    -- Whether the file's own words about place and time are used.
    ADD COLUMN use_location boolean NOT NULL DEFAULT false,
    -- When it was taken, as the camera's clock said; with an offset only if the camera knew one.
    ADD COLUMN taken_at     text;
