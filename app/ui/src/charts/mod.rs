//! Charts on pages.

mod drawn;
mod rich;
mod twin;
mod width;

pub use drawn::*;
pub use rich::*;
pub use twin::*;
