-- When the program last made a backup by itself, so that one of several nodes does it. There is one row, once there was a round.
CREATE TABLE backup_rounds (
    id          BIGINT PRIMARY KEY NOT NULL,
    -- Nobody else begins before that; whoever is at work puts it off again and again.
    held_until  TIMESTAMPTZ NOT NULL,
    -- The last round that ended well: when it began, when its backup had been restored and checked, and how large that is.
    made_at     TIMESTAMPTZ,
    verified_at TIMESTAMPTZ,
    size_bytes  BIGINT
);
