-- Whoever makes reports sees them all. Viewers see what they made, what is for everyone, and what somebody shared with them.
ALTER TABLE reports ADD COLUMN for_everyone BOOLEAN NOT NULL DEFAULT FALSE;
-- Until now everybody saw all of them.
UPDATE reports SET for_everyone = TRUE;

CREATE TABLE report_grants (
    workspace_id UUID NOT NULL,
    report_id    UUID NOT NULL,
    user_id      UUID NOT NULL,
    -- `read` or `edit`.
    access       TEXT NOT NULL,
    PRIMARY KEY (workspace_id, report_id, user_id),
    FOREIGN KEY (workspace_id, report_id) REFERENCES reports (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE
);
