//! The question before something that cannot be undone.

use leptos::{ev, html, prelude::*};

use crate::{Button, ButtonAct, ButtonKind, Icon, IconName};

/// A button that asks before it acts. With script the question stands above the page; without it, it opens in its place.
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
    let details = NodeRef::<html::Details>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    let ask = move |event: ev::MouseEvent| {
        if let (Some(details), Some(dialog)) = (details.get_untracked(), dialog.get_untracked()) {
            event.prevent_default();
            // A dialog inside closed details is not drawn, and one that is open already cannot become modal.
            details.set_open(true);
            dialog.set_open(false);
            // Laid out first, or the browser finds nothing in it that could take the focus.
            let _ = dialog.offset_height();
            drop(dialog.show_modal());
        }
    };
    let put_away = move |_| {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <details class="confirm" id=id node_ref=details>
            <summary class="btn danger" on:click=ask>
                {icon.map(|icon| view! { <Icon name=icon /> })}
                {trigger}
            </summary>
            <dialog class="dialog" open node_ref=dialog aria-labelledby=labelled_by on:close=put_away>
                <form class="dialog-body" method="post" action=action>
                    <h2 id=title_id>{title}</h2>
                    {children()}
                    {fields
                        .into_iter()
                        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                        .collect_view()}
                    <div class="actions">
                        <Button act=ButtonAct::Handler on:click=close>"Cancel"</Button>
                        <Button kind=ButtonKind::FinalDanger>{confirm}</Button>
                    </div>
                </form>
            </dialog>
        </details>
    }
}
