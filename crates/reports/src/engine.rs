//! From figures and standing to a document; no I/O.

mod compose;
mod definitions;

pub(crate) use compose::compose;
