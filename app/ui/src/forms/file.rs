//! Files from the person's machine.

use leptos::prelude::*;

use super::field::ControlTies;
use crate::{Icon, IconName};

/// An area to drop a file on or to choose one with: one native input as large as the area. Stands in a `FormField`.
#[component]
pub fn FileDrop(
    /// What to bring: "Drop a CSV here, or choose one".
    #[prop(into)]
    invitation: String,
    /// Limits and what happens with it: "Up to 100 MB. Nothing is saved yet".
    #[prop(optional, into)]
    limits: Option<String>,
    /// The kinds the chooser offers, as HTML names them: `.csv,text/csv`.
    #[prop(optional, into)]
    accept: Option<String>,
    /// Several files at once.
    #[prop(optional)]
    multiple: bool,
    /// The name outside a `FormField`.
    #[prop(optional, into)]
    name: Option<String>,
) -> impl IntoView {
    let ties = ControlTies::find(name);
    let (describing, invalidating) = (ties.clone(), ties.clone());
    let label = ties.id.is_none().then(|| invitation.clone());
    view! {
        <div class="file-drop">
            <div class="invitation">
                <Icon name=IconName::Upload />
                <b>{invitation}</b>
                {limits.map(|limits| view! { <span class="muted">{limits}</span> })}
            </div>
            <input
                type="file"
                id=ties.id
                name=ties.name
                required=ties.is_required
                accept=accept
                multiple=multiple
                aria-label=label
                aria-describedby=move || describing.described_by()
                aria-invalid=move || invalidating.invalid()
            />
        </div>
    }
}
