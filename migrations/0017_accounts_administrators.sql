-- Who runs the instance: a realm of its own, which gives no right in any workspace.
CREATE TABLE administrators (
    user_id    UUID PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    granted_at TIMESTAMPTZ NOT NULL
);

-- Administrators who look into a workspace in an emergency: why, and until when.
CREATE TABLE emergency_looks (
    id           UUID PRIMARY KEY NOT NULL,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id      UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    reason       TEXT NOT NULL,
    began_at     TIMESTAMPTZ NOT NULL,
    ends_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX emergency_looks_by_person ON emergency_looks (user_id, workspace_id);

-- So that an administrator can let somebody in again: the place in words, and the account by the blind index of its address.
ALTER TABLE sign_in_failures ADD COLUMN place TEXT;
ALTER TABLE sign_in_failures ADD COLUMN account_index TEXT;
