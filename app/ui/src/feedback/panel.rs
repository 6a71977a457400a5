//! What stands where content would be: nothing yet, or an error.

use leptos::prelude::*;

use crate::{Icon, IconName};

/// An error in place of what was asked for: what went wrong, what to do, and a reference for whoever helps.
#[component]
pub fn ErrorPanel(
    /// What went wrong, in a few words.
    #[prop(into)]
    title: String,
    /// What happened and what was kept.
    #[prop(into)]
    sentence: String,
    /// What the person can do.
    #[prop(optional, into)]
    remedy: Option<String>,
    /// The reference under which the cause was logged.
    #[prop(optional, into)]
    reference: Option<String>,
    /// Buttons that do it.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <section class="panel bad" role="alert">
            <Icon name=IconName::Failure />
            <h2>{title}</h2>
            <p>{sentence}</p>
            {remedy.map(|remedy| view! { <p>{remedy}</p> })}
            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
            {reference
                .map(|reference| {
                    view! {
                        <p class="text-s">
                            "Reference " <code class="num">{reference}</code>
                        </p>
                    }
                })}
        </section>
    }
}

/// A place with nothing in it yet: what would be here, and the way to get it.
#[component]
pub fn EmptyState(
    /// What would be here.
    #[prop(into)]
    title: String,
    /// What it needs to appear.
    #[prop(into)]
    sentence: String,
    /// An icon of the thing.
    #[prop(default = IconName::Data)]
    icon: IconName,
    /// The way to get it: one or two buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="panel centred">
            <Icon name=icon />
            <h2>{title}</h2>
            <p>{sentence}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </section>
    }
}
