-- What is listed page by page is found by where the last page ended, and what one person did by who they are.
CREATE INDEX jobs_by_workspace ON jobs (workspace_id, created_at, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor, happened_at);
