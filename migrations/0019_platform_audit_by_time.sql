-- What happened in the last moments, whatever workspace it belongs to: for those who watch.
CREATE INDEX audit_events_by_time ON audit_events (happened_at);
