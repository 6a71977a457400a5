-- Keys for programs. They belong to the workspace, not to whoever made them; only a keyed hash of the secret is kept.
CREATE TABLE api_keys (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           UUID NOT NULL,
    public_id    TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    networks     TEXT NOT NULL,
    secret_hash  BYTEA NOT NULL,
    created_by   UUID,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, id)
);

-- A person signed in to the API: one family of refresh tokens, ended as a whole.
CREATE TABLE token_families (
    id         UUID PRIMARY KEY NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device     TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX token_families_by_user ON token_families (user_id);

-- One token of a family; a fork cannot be stored.
CREATE TABLE refresh_tokens (
    hash             BYTEA PRIMARY KEY NOT NULL,
    family           UUID NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
    generation       BIGINT NOT NULL,
    expires_at       TIMESTAMPTZ NOT NULL,
    rotated_at       TIMESTAMPTZ,
    successor_sealed BYTEA,
    UNIQUE (family, generation)
);

-- Keys that sign access tokens; the newest signs, older ones verify until their tokens have ended.
CREATE TABLE signing_keys (
    id         UUID PRIMARY KEY NOT NULL,
    sealed     BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
