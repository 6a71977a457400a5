//! The pages of metrics.
