//! One of many, from a list.

use leptos::prelude::*;

use super::field::ControlTies;
use crate::{Icon, IconName};

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// The heading it stands under, if the list has headings. Entries of one heading follow each other.
    pub group: Option<String>,
}

impl SelectOption {
    /// An entry without heading.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), group: None }
    }

    /// The same entry under a heading.
    pub fn under(self, group: impl Into<String>) -> Self {
        Self { group: Some(group.into()), ..self }
    }
}

/// A native list to choose one entry from. Stands in a `FormField`, or has a `name` and a `label` of its own.
#[component]
pub fn Select(
    /// The entries, in the order shown.
    options: Vec<SelectOption>,
    /// The value chosen at the start.
    #[prop(optional, into)]
    selected: String,
    /// Sends its form when the choice changes, where script runs; offer a button in `OnlyWithoutScript` beside it.
    #[prop(optional)]
    submits: bool,
    /// The name outside a `FormField`.
    #[prop(optional, into)]
    name: Option<String>,
    /// What it is called outside a `FormField`.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let ties = ControlTies::find(name);
    let (describing, invalidating) = (ties.clone(), ties.clone());
    view! {
        <span class="select">
            <select
                class="input"
                id=ties.id
                name=ties.name
                required=ties.is_required
                aria-label=label
                aria-describedby=move || describing.described_by()
                aria-invalid=move || invalidating.invalid()
                data-does=submits.then_some("submit")
            >
                {entries(options, &selected)}
            </select>
            <Icon name=IconName::ChevronDown />
        </span>
    }
}

/// The entries, those with a heading inside their `<optgroup>`.
fn entries(options: Vec<SelectOption>, selected: &str) -> Vec<AnyView> {
    let mut views = Vec::new();
    let mut rest = options.into_iter().peekable();
    while let Some(first) = rest.next() {
        let Some(group) = first.group.clone() else {
            views.push(entry(first, selected).into_any());
            continue;
        };
        let mut members = vec![entry(first, selected)];
        while let Some(next) = rest.next_if(|next| next.group.as_ref() == Some(&group)) {
            members.push(entry(next, selected));
        }
        views.push(view! { <optgroup label=group>{members}</optgroup> }.into_any());
    }
    views
}

fn entry(option: SelectOption, selected: &str) -> impl IntoView + use<> {
    let is_selected = option.value == selected;
    view! {
        <option value=option.value selected=is_selected>
            {option.label}
        </option>
    }
}
