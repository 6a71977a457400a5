-- Whether an owner lets the member see personal data unmasked; owners see it anyway.
ALTER TABLE memberships ADD COLUMN reads_personal_data BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether somebody looked for personal data in the file; what was read before that is read again.
ALTER TABLE datasets ADD COLUMN is_classified BOOLEAN NOT NULL DEFAULT FALSE;
