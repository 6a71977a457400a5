//! The one kind of box. No card in a card.

use leptos::prelude::*;

use crate::classes;

/// A box with a heading, what belongs beside it, and content.
#[component]
pub fn Card(
    /// The finding or the topic.
    #[prop(optional, into)]
    heading: Option<String>,
    /// The id of the heading, for links to it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Chips right after the heading.
    #[prop(optional, into)]
    marks: Option<ViewFnOnce>,
    /// Buttons and chips at the far end of the heading.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// More classes of the body: `toolbar`, `grid gap-4`.
    #[prop(optional, into)]
    body_class: String,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let has_head = heading.is_some() || marks.is_some() || actions.is_some();
    view! {
        <section class="card" id=id>
            {has_head
                .then(|| {
                    view! {
                        <div class="card-head">
                            {heading.map(|heading| view! { <h2>{heading}</h2> })}
                            {marks.map(ViewFnOnce::run)}
                            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
                        </div>
                    }
                })}
            <div class=classes(["card-body", &body_class])>{children()}</div>
        </section>
    }
}
