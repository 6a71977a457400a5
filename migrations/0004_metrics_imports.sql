-- What the columns of a file mean; kept while a person works on it.
CREATE TABLE column_mappings (
    workspace_id UUID NOT NULL,
    dataset_id   UUID NOT NULL,
    mapping      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, dataset_id),
    FOREIGN KEY (workspace_id, dataset_id) REFERENCES datasets (workspace_id, id) ON DELETE CASCADE
);

-- Committed imports. The file may be removed later; the name stays.
CREATE TABLE imports (
    workspace_id  UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id            UUID NOT NULL,
    dataset_id    UUID NOT NULL,
    file_name     TEXT NOT NULL,
    added         BIGINT NOT NULL,
    changed       BIGINT NOT NULL,
    committed_by  UUID,
    committed_at  TIMESTAMPTZ NOT NULL,
    undone_at     TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX imports_by_dataset ON imports (workspace_id, dataset_id);

-- What the company reports: money as minor units of its currency, everything else as a number.
CREATE TABLE observations (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    metric       TEXT NOT NULL,
    month        DATE NOT NULL,
    minor        BIGINT,
    number       DOUBLE PRECISION,
    import_id    UUID NOT NULL,
    line         BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, metric, month),
    FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, id),
    CHECK ((minor IS NULL) <> (number IS NULL))
);

-- What each import replaced, so that it can be undone.
CREATE TABLE import_changes (
    workspace_id     UUID NOT NULL,
    import_id        UUID NOT NULL,
    metric           TEXT NOT NULL,
    month            DATE NOT NULL,
    before_minor     BIGINT,
    before_number    DOUBLE PRECISION,
    before_import_id UUID,
    before_line      BIGINT,
    PRIMARY KEY (workspace_id, import_id, metric, month),
    FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX import_changes_by_predecessor ON import_changes (workspace_id, before_import_id);
