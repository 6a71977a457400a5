-- Under which version of the ring a key was made: after a rotation each owner gets a new one, and an old one that seals nothing any more is
-- retired. Whoever rotated before this gets new keys at the next start.
ALTER TABLE data_keys ADD COLUMN made_version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX data_keys_in_use ON data_keys (purpose, made_version) WHERE retired_at IS NULL;
