//! Everything a person sees: the document, the route table, the frame and the home page. What belongs to one capability is in
//! `app/pages/<capability>`.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

mod document;
mod home;
mod layout;
mod routes;

pub use document::shell;
pub use routes::App;
