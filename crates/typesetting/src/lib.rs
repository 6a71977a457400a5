//! Reports as PDF, set by Typst in process.
//!
//! The template (`template/report.typ`) is ours and fixed; a document reaches it as JSON, so that whatever a person typed
//! is data and never markup. Charts are the same drawings as on the page, as vectors in print colours.
//!
//! **Architecture invariant:** no clock, no network, no file system and no fonts but the bundled ones: the same document
//! always gives the same bytes.

mod charts_on_paper;
mod print_model;
mod typst_typesetter;
mod world;

pub use typst_typesetter::TypstTypesetter;
