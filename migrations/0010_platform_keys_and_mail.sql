-- Keys that seal personal data, each wrapped by the key ring, which is never in this database. Removing a key makes everything
-- it sealed unreadable.
CREATE TABLE data_keys (
    id           UUID PRIMARY KEY NOT NULL,
    owner        UUID NOT NULL,
    purpose      TEXT NOT NULL,
    wrapped      BYTEA NOT NULL,
    ring_version BIGINT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    retired_at   TIMESTAMPTZ
);
CREATE INDEX data_keys_by_owner ON data_keys (owner, purpose, created_at);

-- Messages that wait to be sent, sealed; a message that was sent is removed.
CREATE TABLE mails (
    id         UUID PRIMARY KEY NOT NULL,
    sealed     BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- Jobs of the program itself belong to no workspace, and quick jobs do not wait behind long ones.
CREATE TABLE jobs_with_lanes (
    id           UUID PRIMARY KEY NOT NULL,
    workspace_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    lane         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     BIGINT NOT NULL,
    run_at       TIMESTAMPTZ NOT NULL,
    lease_until  TIMESTAMPTZ,
    last_error   TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ
);
INSERT INTO jobs_with_lanes
SELECT id, workspace_id, 'heavy', kind, payload, state, attempts, run_at, lease_until, last_error, created_at, finished_at
FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_with_lanes RENAME TO jobs;
CREATE INDEX jobs_by_state ON jobs (lane, state, run_at);
