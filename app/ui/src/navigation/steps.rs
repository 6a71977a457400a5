//! How far one is in something that takes several pages.

use leptos::prelude::*;

use crate::{Icon, IconName, VisuallyHidden};

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Here.
    Current,
    /// Ahead.
    ToDo,
}

impl StepState {
    fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::ToDo => "to-do",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done in it, as a verb.
    pub label: String,
    /// Where it stands.
    pub state: StepState,
    /// Where to go back to it, if one can.
    pub href: Option<String>,
}

/// The numbered steps of one piece of work.
#[component]
pub fn Steps(
    /// What the work is.
    #[prop(into)]
    label: String,
    /// The steps in order.
    steps: Vec<Step>,
) -> impl IntoView {
    let items = (1_u32..)
        .zip(steps)
        .map(|(number, step)| {
            let state = step.state;
            let is_current = state == StepState::Current;
            view! {
                <li class=state.class() aria-current=is_current.then_some("step")>
                    <StepContent number=number step=step />
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="steps" aria-label=label>
            {items}
        </ol>
    }
}

#[component]
fn StepContent(number: u32, step: Step) -> impl IntoView {
    let mark = match step.state {
        StepState::Done => view! { <Icon name=IconName::Check /> }.into_any(),
        StepState::Current | StepState::ToDo => number.into_any(),
    };
    let content = view! {
        <span class="dot" aria-hidden="true">
            {mark}
        </span>
        <span class="label">
            {step.label}
            {(step.state == StepState::Done).then(|| view! { <VisuallyHidden>" (done)"</VisuallyHidden> })}
        </span>
    };
    match step.href {
        Some(href) => view! { <a href=href>{content}</a> }.into_any(),
        None => content.into_any(),
    }
}
