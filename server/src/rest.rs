//! Files and data for machines and downloads, over the same services as the pages.

mod answer;
pub mod charts;
pub mod datasets;
pub mod metrics;
pub mod reports;
