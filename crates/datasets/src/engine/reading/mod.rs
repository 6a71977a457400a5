//! From bytes to records: what the file is, its encoding, its delimiter, and where each row starts.

mod blocks;
mod decoder;
mod dialect;
mod encodings;
mod foreign;
mod records;
mod scanner;

pub use blocks::{Block, Blocks};
pub(crate) use dialect::Layout;
pub use dialect::{Sniff, sniff};
pub use foreign::refuse_foreign_format;
pub use records::{BlockReader, Record, Records, RejectedRow, Row, RowFault, records};
