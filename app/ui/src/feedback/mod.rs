//! What the product says back.

mod notice;
mod panel;
mod progress;
mod skeleton;
mod synthetic;
mod toast;

pub use notice::*;
pub use panel::*;
pub use progress::*;
pub use skeleton::*;
pub use synthetic::*;
pub use toast::*;
