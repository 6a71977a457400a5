//! People, workspaces, roles, sessions and the company profile.
