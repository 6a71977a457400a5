//! Charts on pages.

mod drawn;
mod rich;
mod twin;

pub use drawn::*;
pub use rich::*;
pub use twin::*;
