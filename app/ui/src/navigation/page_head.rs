//! The head of a page.

use leptos::prelude::*;

/// Title, lead and actions of a page. The title is the page's only `<h1>`; where there is a finding, it says it.
#[component]
pub fn PageHead(
    /// The finding, or the topic.
    #[prop(into)]
    title: String,
    /// Period, currency, source, what to expect; may hold links.
    #[prop(optional, into)]
    lead: Option<ViewFnOnce>,
    /// Buttons and filters; the primary one last.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <div class="head">
            <div class="words">
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p>{lead.run()}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
        </div>
    }
}
