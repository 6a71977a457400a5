-- Network places that are not answered for a while.
CREATE TABLE blocks (
    place         TEXT PRIMARY KEY NOT NULL,
    reason        TEXT NOT NULL,
    blocked_at    TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ NOT NULL
);
