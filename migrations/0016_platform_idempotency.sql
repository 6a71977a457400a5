-- Requests of programs that may come twice: what was asked for, whether it was done, and what was answered (sealed under the key that the
-- program sent, which is not kept).
CREATE TABLE idempotency_keys (
    key_hash      BYTEA PRIMARY KEY NOT NULL,
    fingerprint   BYTEA NOT NULL,
    -- open: somebody works on it; done: it is in the database; answered: and the answer is kept.
    state         TEXT NOT NULL,
    -- What was made or changed, once it was done.
    subject       TEXT,
    status        BIGINT,
    answer_sealed BYTEA,
    created_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
