-- Sessions are found by a hash of 256 random bits, and what they hold is sealed with these: everybody signs in once more.
DELETE FROM sessions;
