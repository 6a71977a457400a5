//! Fields of text.

use leptos::prelude::*;

use super::field::ControlTies;
use crate::{Button, ButtonAct, ButtonKind, IconName, classes};

/// What a line of text holds: decides keyboard, completion and the browser's own checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Any text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Telephone,
    /// A number typed as people write it: text with a numeric keyboard, since `type=number` drops what it cannot read.
    Number,
    /// A day.
    Date,
    /// A month.
    Month,
    /// Words to search for.
    Search,
}

impl InputKind {
    fn type_attribute(self) -> &'static str {
        match self {
            Self::Text | Self::Number => "text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Telephone => "tel",
            Self::Date => "date",
            Self::Month => "month",
            Self::Search => "search",
        }
    }
}

/// A line of text. Stands in a `FormField`, or has a `name` and a `label` of its own.
#[component]
pub fn TextInput(
    /// What it holds.
    #[prop(optional)]
    kind: InputKind,
    /// The value it starts with.
    #[prop(optional, into)]
    value: Signal<String>,
    /// An example, never an instruction.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// What the browser may fill in, as HTML names it: `email`, `organization`.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// The name outside a `FormField`.
    #[prop(optional, into)]
    name: Option<String>,
    /// What it is called outside a `FormField`.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let ties = ControlTies::find(name);
    let (describing, invalidating) = (ties.clone(), ties.clone());
    let is_number = kind == InputKind::Number;
    view! {
        <input
            class=classes(["input", if is_number { "numeric" } else { "" }])
            type=kind.type_attribute()
            inputmode=is_number.then_some("decimal")
            id=ties.id
            name=ties.name
            required=ties.is_required
            value=move || value.get()
            placeholder=placeholder
            autocomplete=autocomplete
            aria-label=label
            aria-describedby=move || describing.described_by()
            aria-invalid=move || invalidating.invalid()
        />
    }
}

/// Whether a password is chosen or given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordUse {
    /// Given, to sign in.
    #[default]
    Current,
    /// Chosen, to sign up or to change it.
    New,
}

/// A password, shown on demand where script runs. Stands in a `FormField`.
#[component]
pub fn PasswordInput(
    /// Whether it is chosen or given; password managers ask.
    #[prop(optional)]
    usage: PasswordUse,
) -> impl IntoView {
    let ties = ControlTies::find(None);
    let (describing, invalidating) = (ties.clone(), ties.clone());
    let autocomplete = match usage {
        PasswordUse::Current => "current-password",
        PasswordUse::New => "new-password",
    };
    view! {
        <span class="input-with-button">
            <input
                class="input"
                type="password"
                id=ties.id
                name=ties.name
                required=ties.is_required
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=move || describing.described_by()
                aria-invalid=move || invalidating.invalid()
            />
            <Button
                kind=ButtonKind::Quiet
                act=ButtonAct::Handler
                icon=IconName::Eye
                icon_only=true
                attr:aria-pressed="false"
                attr:data-does="show-password"
            >
                "Show password"
            </Button>
        </span>
    }
}

/// Several lines of text. Stands in a `FormField`.
#[component]
pub fn Textarea(
    /// The text it starts with.
    #[prop(optional, into)]
    value: String,
    /// Lines shown.
    #[prop(default = 4)]
    rows: u32,
    /// Most characters taken.
    #[prop(optional, into)]
    max_characters: Option<u32>,
) -> impl IntoView {
    let ties = ControlTies::find(None);
    let (describing, invalidating) = (ties.clone(), ties.clone());
    // Leptos does not escape what stands inside a `<textarea>`, so the text is escaped here and handed over as HTML.
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    view! {
        <textarea
            class="input"
            id=ties.id
            name=ties.name
            required=ties.is_required
            rows=rows
            maxlength=max_characters
            aria-describedby=move || describing.described_by()
            aria-invalid=move || invalidating.invalid()
            inner_html=escaped
        ></textarea>
    }
}
