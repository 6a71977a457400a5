//! Yes or no, and one of a few.

use leptos::prelude::*;

use super::field::{FieldErrorSentence, control_id, error_id, hint_id};

/// A box to tick.
#[component]
pub fn Checkbox(
    /// The name the form sends when it is ticked.
    #[prop(into)]
    name: String,
    /// The value it sends.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// What ticking it means, as a claim.
    #[prop(into)]
    label: String,
    /// What follows from it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong, for example that it must be ticked.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Ticked at the start.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    let id = control_id(&[&name, &value]);
    let described_by = described_by(&id, hint.is_some(), error);
    view! {
        <div class="choice">
            <input
                type="checkbox"
                id=id.clone()
                name=name
                value=value
                checked=checked
                aria-describedby=described_by
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
            <label for=id.clone()>{label}</label>
            <Hint id=hint_id(&id) hint=hint />
            <FieldErrorSentence id=error_id(&id) error=error />
        </div>
    }
}

/// One way to answer a `RadioGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RadioOption {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// What follows from it.
    pub hint: Option<String>,
}

/// One of a few answers, all in sight.
#[component]
pub fn RadioGroup(
    /// The name the form sends.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// The answers.
    options: Vec<RadioOption>,
    /// The value chosen at the start.
    #[prop(optional, into)]
    selected: String,
    /// What is wrong, for example that one must be chosen.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = control_id(&[&name]);
    let answers = options
        .into_iter()
        .map(|option| {
            let id = control_id(&[&name, &option.value]);
            let described_by = option.hint.is_some().then(|| hint_id(&id));
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name=name.clone()
                        checked=option.value == selected
                        value=option.value
                        aria-describedby=described_by
                    />
                    <label for=id.clone()>{option.label}</label>
                    <Hint id=hint_id(&id) hint=option.hint />
                </div>
            }
        })
        .collect_view();
    let described_by = described_by(&id, false, error);
    view! {
        <fieldset class="field choices" aria-describedby=described_by>
            <legend>{legend}</legend>
            {answers}
            <FieldErrorSentence id=error_id(&id) error=error />
        </fieldset>
    }
}

#[component]
fn Hint(id: String, hint: Option<String>) -> impl IntoView {
    hint.map(|hint| view! { <p class="hint" id=id>{hint}</p> })
}

fn described_by(
    id: &str,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + Sync + Clone + use<> {
    let (hint, error_sentence) = (hint_id(id), error_id(id));
    move || {
        let parts: Vec<&str> = [
            error.with(Option::is_some).then_some(error_sentence.as_str()),
            has_hint.then_some(hint.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
