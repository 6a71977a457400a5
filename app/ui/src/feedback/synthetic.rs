//! The amber mark of synthetic data.

use leptos::prelude::*;

use crate::{Icon, IconName};

/// The strip above every page that shows synthetic data.
#[component]
pub fn SyntheticBanner(
    /// What is synthetic: "Northlight is a demo company; every figure is made up".
    #[prop(into)]
    sentence: String,
    /// The way out: "Remove demo data".
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <aside class="synthetic-banner" aria-label="Synthetic data">
            <b>
                <Icon name=IconName::Warning />
                "Synthetic data"
            </b>
            <span>{sentence}</span>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </aside>
    }
}
