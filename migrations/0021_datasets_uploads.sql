-- Files that arrive in pieces: how much of each is safely here. A finished one is a dataset of the same id.
CREATE TABLE uploads (
    workspace_id   UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id             UUID NOT NULL,
    name           TEXT NOT NULL,
    size_bytes     BIGINT NOT NULL,
    received_bytes BIGINT NOT NULL,
    begun_at       TIMESTAMPTZ NOT NULL,
    -- While somebody writes a piece, nobody else does.
    busy_until     TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX uploads_by_age ON uploads (begun_at);
