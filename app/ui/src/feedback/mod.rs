//! What the product says back.

mod notice;
mod panel;
mod progress;
mod synthetic;
mod toast;

pub use notice::*;
pub use panel::*;
pub use progress::*;
pub use synthetic::*;
pub use toast::*;
