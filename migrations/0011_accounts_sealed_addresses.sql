-- Addresses are sealed and found by a keyed hash. Addresses of before stand in `email_index` until the next start seals them.
ALTER TABLE users RENAME COLUMN email TO email_index;
ALTER TABLE users ADD COLUMN email_sealed BYTEA;
ALTER TABLE users ADD COLUMN email_confirmed_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN deactivated_at TIMESTAMPTZ;

-- What people asked for by leaving an address: whether the address is known is found out later, so that nobody learns it by asking.
CREATE TABLE account_requests (
    id         UUID PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- What a link in a message is good for, once. The link holds the secret; here is only its hash.
CREATE TABLE mail_links (
    secret_hash BYTEA PRIMARY KEY NOT NULL,
    purpose     TEXT NOT NULL,
    subject     UUID NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX mail_links_by_subject ON mail_links (subject, purpose);
CREATE INDEX mail_links_by_expiry ON mail_links (expires_at);

-- Sessions know whose they are, so that they can be listed and ended. Everyone signs in again once.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN user_id UUID REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD COLUMN handle UUID;
ALTER TABLE sessions ADD COLUMN device TEXT;
ALTER TABLE sessions ADD COLUMN started_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN seen_at TIMESTAMPTZ;
CREATE INDEX sessions_by_user ON sessions (user_id);
