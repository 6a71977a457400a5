//! The pages of benchmarks.
