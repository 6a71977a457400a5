//! The pages of reports.
