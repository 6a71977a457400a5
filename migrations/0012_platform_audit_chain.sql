-- Who did what, chained so that nothing can be changed, taken out or cut off without a trace. The nil workspace is the instance itself.
-- There is no reference to workspaces: what was done outlives them. Rows are only ever added; triggers and rights see to that.
CREATE TABLE audit_events (
    workspace_id UUID NOT NULL,
    seq          BIGINT NOT NULL,
    happened_at  BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    place        TEXT NOT NULL,
    request_id   TEXT NOT NULL,
    prev_hash    BYTEA NOT NULL,
    hash         BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, seq),
    UNIQUE (workspace_id, prev_hash)
);
CREATE INDEX audit_events_by_action ON audit_events (workspace_id, action, seq);
DROP TABLE audit_log;
