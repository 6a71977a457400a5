//! The metric catalogue, what companies report, and what follows from it.
//!
//! A metric is defined once, in [`catalogue`]; formulas, validation, column matching, dashboards and help texts all read
//! that record.
//!
//! **Architecture invariant:** `catalogue`, `model` and `engine` are pure and compile for the browser. A missing figure
//! is never 0: what depends on it is missing too, and says what is missing.

pub mod catalogue;
pub mod engine;
pub mod model;

pub use catalogue::{Metric, MetricKey};

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::{CompanyFigures, Metrics};

#[cfg(test)]
mod tests;
