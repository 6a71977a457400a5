-- How many days before its end people were last told of it; none, if they were not told yet.
ALTER TABLE api_keys ADD COLUMN warned_days BIGINT;
