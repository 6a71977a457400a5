//! The rules of figures: pure functions without I/O and without a clock.

mod bridge;
mod columns;
mod dashboard;
mod derivation;
mod formula;
#[cfg(feature = "server")]
mod importing;
mod rollup;
mod validation;

pub use bridge::bridge;
#[cfg(test)]
pub(crate) use columns::names as column_names;
pub use columns::{layout, normalise_sign, sample_hints, suggest, suggest_all};
pub use dashboard::{DEFAULT_FIGURES, DashboardRequest, SPARKLINE_MONTHS, change, dashboard, enumerated};
pub use derivation::derive;
#[cfg(test)]
pub(crate) use formula::dependency_order;
pub use formula::{Expression, FormulaError, Function, Operator, Span, formula};
#[cfg(feature = "server")]
pub(crate) use importing::{
    Found, FoundValue, check_mapping, difference, find_values, found_value, suggest_mapping,
};
pub use rollup::rollup;
pub use validation::{ValueProblem, check_value};
