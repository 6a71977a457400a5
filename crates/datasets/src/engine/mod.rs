//! Understands CSV files: pure functions over a reader, with flat memory and no cell lost in silence.
//!
//! `reading` turns bytes into records, `cells` turns cells into values, and `profile` looks at every cell of a file to
//! tell what its columns hold. [`profile()`] is the first step of an import and [`records`] the second.

mod cells;
mod errors;
mod headers;
mod limits;
mod masking;
mod personal;
mod profile;
mod reading;
mod rejects;
mod writing;

pub use cells::{Cell, CellProblem, date_of, month_of, parse_cell};
pub use errors::FileError;
pub use limits::Limits;
pub use masking::{mask_dataset, mask_format, masked_cell, masked_cells, masked_misplaced, write_masked};
pub use profile::profile;
pub use reading::{
    Block, BlockReader, Blocks, Record, Records, RejectedRow, Row, RowFault, Sniff, records,
    refuse_foreign_format, sniff,
};
pub use rejects::RejectWriter;
