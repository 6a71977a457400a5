//! SQL of reported values and of the imports they came with.

pub(crate) mod imports;
pub(crate) mod observations;
