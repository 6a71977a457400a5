//! From the rows of a file to values of metrics, and what they would change.

mod checking;
mod difference;
mod suggesting;
mod values;

pub(crate) use checking::check_mapping;
pub(crate) use difference::difference;
pub(crate) use suggesting::suggest_mapping;
pub(crate) use values::{Found, FoundValue, find_values, found_value};
