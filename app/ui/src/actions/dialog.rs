//! A question above the page, by native `<dialog>`.

use leptos::{html, prelude::*};

use crate::{Button, ButtonAct, ButtonKind};

/// A window above the page, opened by a signal: for what has another way when script is off.
#[component]
pub fn Dialog(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What it asks or shows.
    #[prop(into)]
    title: String,
    /// Whether it is open; set to false when the person closes it.
    open: RwSignal<bool>,
    /// What it holds; a `<form>` brings its own buttons.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let wanted = open.get();
        if let Some(dialog) = dialog.get() {
            match (wanted, dialog.open()) {
                // Fails only when the element has left the page, and then there is nothing to open.
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog
            class="dialog"
            id=id
            node_ref=dialog
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
        >
            <div class="dialog-body">
                <h2 id=title_id>{title}</h2>
                {children()}
                <div class="actions">
                    <Button kind=ButtonKind::Quiet act=ButtonAct::Handler on:click=move |_| open.set(false)>
                        "Close"
                    </Button>
                </div>
            </div>
        </dialog>
    }
}
