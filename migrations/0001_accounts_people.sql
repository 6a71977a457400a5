-- People, their workspaces and what they may do there.
CREATE TABLE users (
    id            UUID PRIMARY KEY NOT NULL,
    email         TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    password_hash TEXT,
    created_at    TIMESTAMPTZ NOT NULL
);

-- Who a person is at an OpenID Connect provider; an address alone never proves it.
CREATE TABLE user_identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE workspaces (
    id           UUID PRIMARY KEY NOT NULL,
    slug         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    is_synthetic BOOLEAN NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE memberships (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id      UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE company_profiles (
    workspace_id      UUID PRIMARY KEY NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    industry          TEXT,
    stage             TEXT,
    country           TEXT,
    currency          TEXT NOT NULL,
    founded_year      BIGINT,
    headcount         BIGINT,
    shares_with_peers BOOLEAN NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL
);

-- Sessions are found by a hash of their id, so that a copy of this table opens none.
CREATE TABLE sessions (
    id_hash    BYTEA PRIMARY KEY NOT NULL,
    data       TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Wrong passwords by address and network place, for the ladder of waiting times.
CREATE TABLE sign_in_failures (
    key_hash        BYTEA PRIMARY KEY NOT NULL,
    failures        BIGINT NOT NULL,
    blocked_until   TIMESTAMPTZ NOT NULL,
    last_failure_at TIMESTAMPTZ NOT NULL
);
