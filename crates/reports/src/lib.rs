//! What a person takes away: reports, chart files and tables.

pub mod document;
pub mod model;

#[cfg(feature = "server")]
mod engine;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::Reports;
#[cfg(feature = "server")]
pub mod tables;
