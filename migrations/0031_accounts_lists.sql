-- What is listed page by page is found by where the last page ended.
CREATE INDEX memberships_by_time ON memberships (workspace_id, created_at, user_id);
CREATE INDEX api_keys_by_time ON api_keys (workspace_id, created_at, id);
