//! Files and data for machines and downloads, over the same services as the pages.

pub(crate) mod answer;
pub(crate) mod charts;
pub(crate) mod datasets;
pub(crate) mod leaving;
pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod problem;
pub(crate) mod records;
pub(crate) mod reports;
pub(crate) mod v1;
