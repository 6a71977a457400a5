//! The rules: which peers, what may be shown of them, where a value stands and what that allows to be said.
//!
//! Pure functions: no I/O, no clock. The same contributions always give the same snapshot.

mod cells;
mod disclosure;
mod holdings;
mod ladder;
mod ranking;
mod renewal;
mod snapshot;
#[cfg(test)]
mod snapshot_tests;
mod synthetic;
mod wording;

pub use cells::{Cell, Contributor, Member, MetricRule, PublishedCell, cells_of};
pub use disclosure::{FEWEST_OTHERS, MAY_NOT_SINGLE_OUT};
pub use holdings::holdings;
pub use ladder::{Viewer, choose, ladder};
pub use ranking::{Subject, position};
pub use snapshot::{Contribution, Snapshot};
pub use synthetic::synthetic_peers;
pub use wording::{Finding, headline, number_words, summary};
