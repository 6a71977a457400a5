//! Labelled fields over native controls.

mod choice;
mod field;
mod file;
mod input;
mod select;

pub use choice::*;
pub use field::*;
pub use file::*;
pub use input::*;
pub use select::*;
