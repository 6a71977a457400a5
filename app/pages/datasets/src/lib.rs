//! The pages of datasets.
