-- With which key somebody was asked to join: what a key offered ends with it.
ALTER TABLE invitations ADD COLUMN made_with UUID;
