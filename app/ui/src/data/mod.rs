//! Figures and the places they stand in.

mod card;
mod chip;
mod definition;
mod figure;
mod key_figure;
mod table;

pub use card::*;
pub use chip::*;
pub use definition::*;
pub use figure::*;
pub use key_figure::*;
pub use table::*;
