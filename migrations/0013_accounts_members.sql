-- Who was asked to join a workspace: by a message to an address, or by a link for whoever holds it.
CREATE TABLE invitations (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           UUID NOT NULL,
    role         TEXT NOT NULL,
    email_index  TEXT,
    email_sealed BYTEA,
    secret_hash  BYTEA NOT NULL UNIQUE,
    invited_by   UUID,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- Changes of members wait for each other at this row, so that two owners cannot both leave as the last but one.
ALTER TABLE workspaces ADD COLUMN members_version BIGINT NOT NULL DEFAULT 0;
-- When the workspace goes, if its owner asked for that.
ALTER TABLE workspaces ADD COLUMN deletion_due_at TIMESTAMPTZ;
