//! What the metrics mean and how the comparison was made.

use serde::{Deserialize, Serialize};

/// A metric explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// The metric.
    pub label: String,
    /// How it is computed.
    pub formula: String,
    /// What it tells, in a sentence.
    pub words: String,
    /// What is easily got wrong.
    pub pitfall: Option<String>,
}

/// A part of the page on method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodSection {
    /// What it is about.
    pub heading: String,
    /// What is done, and why.
    pub paragraphs: Vec<String>,
}
