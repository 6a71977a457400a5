//! What a file would change in what is kept.

use std::collections::HashMap;

use kernel::Month;

use super::FoundValue;
use crate::catalogue::MetricKey;

/// The values of a file, sorted by what they would do.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Not kept yet.
    pub(crate) added: Vec<FoundValue>,
    /// Differing from what is kept, with the value kept now.
    pub(crate) changed: Vec<(FoundValue, f64)>,
    /// How many are kept already.
    pub(crate) unchanged: u64,
}

/// Compares the values of a file with what is kept.
pub(crate) fn difference(values: &[FoundValue], kept: &HashMap<(MetricKey, Month), f64>) -> Difference {
    let mut difference = Difference::default();
    for value in values {
        match kept.get(&(value.key, value.month)) {
            None => difference.added.push(*value),
            Some(before) if before.to_bits() == value.value.to_bits() => difference.unchanged += 1,
            Some(before) => difference.changed.push((*value, *before)),
        }
    }
    difference
}
