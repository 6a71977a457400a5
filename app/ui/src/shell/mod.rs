//! The frame around every page.

mod app_shell;
mod logo;
mod public_shell;
mod side;
mod text;
mod theme;

pub use app_shell::*;
pub use logo::*;
pub use public_shell::*;
pub use side::*;
pub use text::*;
pub use theme::*;
