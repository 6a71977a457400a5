//! Pure numerics for honest comparisons: quantiles, ranks, intervals, evidence gates, outliers and rounding.
//!
//! Slices called `sorted` are in ascending order and hold no NaN; infinities are allowed and stand for values that
//! are worse, or better, than any number.
//!
//! **Architecture invariant:** no dependencies, no I/O, no clock; the same input always gives the same digits.

pub mod gate;
pub mod interval;
pub mod outlier;
pub mod quantile;
pub mod rank;
pub mod rounding;

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of peers stay far below 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
