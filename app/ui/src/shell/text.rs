//! Text for some only.

use leptos::prelude::*;

/// Text that is read out and not drawn.
#[component]
pub fn VisuallyHidden(
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}

/// The first link of every page: past the navigation, to the element with the id `main`.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
    }
}

/// What is offered only where script is off, for example the button beside a filter that sends itself.
#[component]
pub fn OnlyWithoutScript(
    /// What to offer.
    children: Children,
) -> impl IntoView {
    view! { <span class="only-without-script">{children()}</span> }
}
