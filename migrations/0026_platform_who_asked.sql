-- Who asked for a job; nobody if it is the program's own work. There is no reference to people: a job of somebody who is erased is not the
-- program's own, and is refused.
ALTER TABLE jobs ADD COLUMN requested_by UUID;

-- Whom a message goes to, as the blind index of the address, so that what waits for somebody goes with them.
ALTER TABLE mails ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
