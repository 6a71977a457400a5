-- Generated reports; the file is kept as it was made.
CREATE TABLE reports (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           UUID NOT NULL,
    title        TEXT NOT NULL,
    period       TEXT NOT NULL,
    snapshot     TEXT NOT NULL,
    file_key     TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    created_by   UUID,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX reports_by_age ON reports (workspace_id, created_at);
