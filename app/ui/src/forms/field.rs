//! A field: label, hint, control and the sentence about what is wrong with it.

use leptos::{context::Provider, prelude::*};

use crate::{Icon, IconName};

/// Whether a field must be filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Requirement {
    /// Says nothing; the server decides.
    #[default]
    Silent,
    /// The browser asks for it before sending.
    Required,
    /// The label says that it may stay empty.
    Optional,
}

/// What a control learns from the field around it.
#[derive(Clone)]
pub(crate) struct FieldContext {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) requirement: Requirement,
    has_hint: bool,
    error: Signal<Option<String>>,
}

/// The attributes that tie a control to its label, hint and error.
#[derive(Clone, Default)]
pub(crate) struct ControlTies {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) is_required: bool,
    context: Option<FieldContext>,
}

impl ControlTies {
    /// Ties to the field around the control; `name` wins over the field's.
    pub(crate) fn find(name: Option<String>) -> Self {
        let context = use_context::<FieldContext>();
        Self {
            id: context.as_ref().map(|field| field.id.clone()),
            name: name.or_else(|| context.as_ref().map(|field| field.name.clone())),
            is_required: context.as_ref().is_some_and(|field| field.requirement == Requirement::Required),
            context,
        }
    }

    /// The ids of the sentences that describe the control.
    pub(crate) fn described_by(&self) -> Option<String> {
        let field = self.context.as_ref()?;
        let hint = field.has_hint.then(|| hint_id(&field.id));
        let error = field.error.with(Option::is_some).then(|| error_id(&field.id));
        let ids: Vec<String> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// `true` for `aria-invalid` while there is an error.
    pub(crate) fn invalid(&self) -> Option<&'static str> {
        let field = self.context.as_ref()?;
        field.error.with(Option::is_some).then_some("true")
    }
}

/// An id made of a control's name and value: `field-stage-series-a`.
pub(crate) fn control_id(parts: &[&str]) -> String {
    let safe =
        |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
    format!("field-{}", parts.join("-").chars().map(safe).collect::<String>())
}

pub(crate) fn hint_id(id: &str) -> String {
    format!("{id}-hint")
}

pub(crate) fn error_id(id: &str) -> String {
    format!("{id}-error")
}

/// A label, a hint, one control and its error, tied together for everyone who cannot see that they belong together.
#[component]
pub fn FormField(
    /// The name the form sends; also makes the control's id.
    #[prop(into)]
    name: String,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// How to enter it, or why it is asked.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong and what to do, in one sentence.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in.
    #[prop(optional)]
    requirement: Requirement,
    /// The control's id, where one page holds the same name twice.
    #[prop(optional, into)]
    id: Option<String>,
    /// The control: `TextInput`, `PasswordInput`, `Select`, `Textarea` or `FileDrop`.
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| control_id(&[&name]));
    let context = FieldContext { id: id.clone(), name, requirement, has_hint: hint.is_some(), error };
    let hint_id = hint_id(&id);
    view! {
        <div class="field">
            <label for=id.clone()>
                {label}
                {(requirement == Requirement::Optional)
                    .then(|| view! { <span class="optional">" (optional)"</span> })}
            </label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Provider value=context>{children()}</Provider>
            <FieldErrorSentence id=error_id(&id) error=error />
        </div>
    }
}

/// The sentence under a control that says what is wrong with it.
#[component]
pub(crate) fn FieldErrorSentence(
    /// The id that `aria-describedby` names.
    id: String,
    /// The sentence, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    move || {
        error.get().map(|sentence| {
            view! {
                <p class="error" id=id.clone()>
                    <Icon name=IconName::Failure />
                    <span>{sentence}</span>
                </p>
            }
        })
    }
}
