//! How the prober asks: over a socket of its own for each request, with nothing tidied up on the way.

mod answer;
mod ask;
mod browser;
mod listening;
mod paper;
mod raw;
mod slow;

pub(crate) use answer::{Answer, at, put};
pub(crate) use ask::{Ask, Door};
pub(crate) use browser::Browser;
pub(crate) use listening::Listening;
pub(crate) use slow::{Gone, Pace};
