//! One page of a list.

use serde::{Deserialize, Serialize};

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Counted from 1.
    pub number: u32,
    /// Rows on one page.
    pub size: u32,
}

impl PageRequest {
    /// Page `number` (from 1) of the usual size; anything below 1 is page 1.
    pub fn new(number: u32) -> Self {
        Self { number: number.max(1), size: 50 }
    }

    /// Rows before this page.
    pub fn offset(self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }
}

/// A page and how many rows there are in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Rows on all pages.
    pub total: u64,
    /// What was asked for.
    pub request: PageRequest,
}

impl<T> Page<T> {
    /// How many pages there are, at least one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.request.size)).max(1)
    }
}
