//! What every capability needs of the running program: jobs, the audit log and files.
