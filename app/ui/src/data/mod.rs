//! Figures and the places they stand in.

mod card;
mod chip;
mod definition;
mod faults;
mod figure;
mod key_figure;
mod moment;
mod part;
mod table;

pub use card::*;
pub use chip::*;
pub use definition::*;
pub use faults::*;
pub use figure::*;
pub use key_figure::*;
pub use moment::*;
pub use part::*;
pub use table::*;
