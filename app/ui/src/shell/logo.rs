//! The four bars.

use leptos::prelude::*;

/// The mark: four bars, the third in the accent colour. Decoration; the name stands beside it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <rect x="1" y="12" width="3.6" height="7" rx="1" fill="var(--band-2)"></rect>
            <rect x="6" y="8.5" width="3.6" height="10.5" rx="1" fill="var(--band-2)"></rect>
            <rect x="11" y="5" width="3.6" height="14" rx="1" fill="var(--accent)"></rect>
            <rect x="16" y="1" width="3.6" height="18" rx="1" fill="var(--band-2)"></rect>
        </svg>
    }
}

/// The mark and the name, as the link home.
#[component]
pub fn Brand(
    /// Where home is.
    #[prop(default = "/".to_owned(), into)]
    href: String,
) -> impl IntoView {
    view! {
        <a class="brand" href=href>
            <Logo />
            "Quartile"
        </a>
    }
}
