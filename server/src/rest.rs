//! Files and data for machines and downloads, over the same services as the pages.

mod answer;
pub(crate) mod charts;
pub(crate) mod datasets;
pub(crate) mod metrics;
pub(crate) mod records;
pub(crate) mod reports;
pub(crate) mod v1;
