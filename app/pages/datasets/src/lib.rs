//! The pages of data: files, and the steps of an import.

/// Under which name the session holds the sentence about an upload that was refused.
pub const UPLOAD_PROBLEM_KEY: &str = "upload_problem";
