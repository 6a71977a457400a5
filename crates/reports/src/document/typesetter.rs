//! Whoever turns a document into a file: a trait, so that only the server links a typesetting engine.

use std::fmt;

use super::ReportDocument;

/// Turns a document into a PDF.
pub trait Typesetter: Send + Sync {
    /// The finished file; byte for byte the same for the same document. Takes up to a second of computing: call it on a
    /// thread that may be busy.
    fn pdf(&self, document: &ReportDocument) -> Result<Vec<u8>, TypesettingError>;
}

/// The document could not be set; the text is for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypesettingError(pub String);

impl fmt::Display for TypesettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The report could not be typeset: {}", self.0)
    }
}

impl std::error::Error for TypesettingError {}
