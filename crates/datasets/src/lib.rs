//! Uploaded files: received, kept byte for byte, understood and turned into tables.
//!
//! **Architecture invariant:** `model` compiles for the browser, and `engine` does no I/O beyond the reader it is
//! handed and knows no clock. A cell is never changed in silence: what is not understood is reported with its place.

#[cfg(feature = "engine")]
pub mod engine;
mod model;

pub use model::*;

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::{Datasets, Download, FileRecord, Piece, ReadFileJob, TableMaker, Upload};
