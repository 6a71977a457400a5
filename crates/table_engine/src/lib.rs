//! Uploaded tables as Parquet, queried with DataFusion.
//!
//! **Architecture invariant:** heavy, so only `server` links it; everyone else knows the traits of `datasets`.

mod columns;
mod make;

pub use make::ParquetTables;
