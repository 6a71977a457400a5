//! What a person does: press, choose, open, confirm.

mod button;
mod confirm;
mod dialog;
mod disclosure;
mod menu;

pub use button::*;
pub use confirm::*;
pub use dialog::*;
pub use disclosure::*;
pub use menu::*;
