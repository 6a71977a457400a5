//! What pages do where script runs, beyond what the browser does by itself.
//!
//! One island listens for the whole document: menus, questions and forms stay plain HTML from the server, and nothing of a
//! page is built a second time in the browser.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod forms;
#[cfg(feature = "hydrate")]
mod leaving;
#[cfg(feature = "hydrate")]
mod listening;
#[cfg(feature = "hydrate")]
mod menus;
#[cfg(feature = "hydrate")]
mod questions;
#[cfg(feature = "hydrate")]
mod themes;
#[cfg(feature = "hydrate")]
mod toasts;

/// Brings the page to life. Once in a document, after everything else.
#[island]
pub fn Manners() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        leaving::listen();
        menus::listen();
        questions::listen();
        forms::listen();
        themes::listen();
        toasts::listen();
        listening::announce();
    }
}
