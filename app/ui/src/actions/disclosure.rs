//! Content that opens on demand.

use leptos::prelude::*;

use crate::{Icon, IconName};

/// A sentence that opens to more, by native `<details>`.
#[component]
pub fn Disclosure(
    /// The words that open it.
    #[prop(into)]
    summary: String,
    /// Open from the start.
    #[prop(optional)]
    open: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary>
                <Icon name=IconName::ChevronRight />
                {summary}
            </summary>
            <div class="content">{children()}</div>
        </details>
    }
}
