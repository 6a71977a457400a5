-- Whether amounts are kept in the currency of the profile; they are minor units of it, so it stays as long as they do.
ALTER TABLE company_profiles ADD COLUMN currency_in_use BOOLEAN NOT NULL DEFAULT FALSE;
