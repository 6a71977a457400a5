//! The design system: tokens, components, charts. It knows no domain.
//!
//! Every component works as plain HTML from the server; islands of WASM only add life to it. Looks come from classes of
//! `style/*.css` and from presentation attributes of SVG, never from `style=`, which the content security policy forbids.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

mod actions;
mod charts;
mod data;
mod feedback;
mod forms;
mod icon;
mod manners;
mod navigation;
mod shell;

pub use actions::*;
pub use charts::*;
pub use data::*;
pub use feedback::*;
pub use forms::*;
pub use icon::*;
pub use manners::*;
pub use navigation::*;
pub use shell::*;

/// Everything, for pages: `use ui::prelude::*`.
pub mod prelude {
    pub use crate::*;
}

/// Joins the class names that are not empty.
fn classes<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
}
