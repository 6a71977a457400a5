-- Uploaded files: kept byte for byte, and what was understood of them.
CREATE TABLE datasets (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           UUID NOT NULL,
    name         TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    sha256       TEXT NOT NULL,
    file_key     TEXT NOT NULL,
    uploaded_by  UUID,
    uploaded_at  TIMESTAMPTZ NOT NULL,
    state        TEXT NOT NULL,
    problem      TEXT,
    overrides    TEXT NOT NULL,
    profile      TEXT,
    row_count    BIGINT,
    table_key    TEXT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX datasets_by_age ON datasets (workspace_id, uploaded_at);
