//! What a person does: press, choose, open, confirm.

mod button;
mod confirm;
mod disclosure;
mod menu;

pub use button::*;
pub use confirm::*;
pub use disclosure::*;
pub use menu::*;
