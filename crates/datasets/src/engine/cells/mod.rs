//! From the text of a cell to its value, and from many cells to what their column may hold.

mod currencies;
mod dates;
mod numbers;
mod problems;
mod readings;
mod shapes;
mod values;
mod words;

pub(crate) use currencies::{CurrencyMark, mentioned as mentioned_currency};
pub use dates::{date_of, month_of};
pub use problems::CellProblem;
pub(crate) use readings::{Reading, Readings, read};
pub(crate) use values::trimmed;
pub use values::{Cell, parse_cell};

/// Longer cells are text: no number or date needs as much.
const LONGEST_TYPED_CELL: usize = 64;
