-- What everything that is computed from a company's figures is kept under: a greater number after each change of them or of the profile.
-- It is the moment of the change in microseconds, or one more than before, so that no number comes twice, also after a restore.
ALTER TABLE company_profiles ADD COLUMN data_version BIGINT NOT NULL DEFAULT 0;
