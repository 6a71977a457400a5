//! The question before something that cannot be undone.

use leptos::prelude::*;

use crate::{Button, ButtonAct, ButtonKind, Icon, IconName};

/// A button that asks before it acts. With script, by `Manners`, the question stands above the page; without it, it opens in its place.
/// Either way the answer is one real form, sent to `action`.
#[component]
pub fn Confirm(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words that open the question: "Delete workspace…".
    #[prop(into)]
    trigger: String,
    /// An icon before them.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The question: "Delete Northlight?".
    #[prop(into)]
    title: String,
    /// The words of the final button: "Delete 24 rows".
    #[prop(into)]
    confirm: String,
    /// Where the form goes, by POST.
    #[prop(into)]
    action: String,
    /// Hidden names and values sent with it.
    #[prop(optional)]
    fields: Vec<(String, String)>,
    /// What will be lost, and what to do instead.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <details class="confirm" id=id>
            <summary class="btn danger">
                {icon.map(|icon| view! { <Icon name=icon /> })}
                {trigger}
            </summary>
            <dialog class="dialog" open aria-labelledby=labelled_by>
                <form class="dialog-body" method="post" action=action>
                    <h2 id=title_id>{title}</h2>
                    {children()}
                    {fields
                        .into_iter()
                        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                        .collect_view()}
                    <div class="actions">
                        <Button act=ButtonAct::Handler attr:data-does="close-dialog">"Cancel"</Button>
                        <Button kind=ButtonKind::FinalDanger>{confirm}</Button>
                    </div>
                </form>
            </dialog>
        </details>
    }
}
