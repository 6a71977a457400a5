//! Messages that stand where they belong.

use leptos::prelude::*;

use crate::{Icon, IconName, classes};

/// What a message means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Worth knowing.
    #[default]
    Information,
    /// Done, or in order.
    Good,
    /// Doubtful, or needs attention.
    Warning,
    /// Went wrong.
    Bad,
}

impl Tone {
    /// The class that colours it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Information => "",
            Self::Good => "good",
            Self::Warning => "warn",
            Self::Bad => "bad",
        }
    }

    /// The icon that says the same without colour.
    pub(crate) fn icon(self) -> IconName {
        match self {
            Self::Information => IconName::Information,
            Self::Good => IconName::Check,
            Self::Warning => IconName::Warning,
            Self::Bad => IconName::Failure,
        }
    }

    /// The word that says the same to those who hear it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Information => "Note",
            Self::Good => "Done",
            Self::Warning => "Attention",
            Self::Bad => "Error",
        }
    }
}

/// A message with its meaning: what is so, and what to do. Also for errors of a whole form.
#[component]
pub fn Notice(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// What is so, in a few words.
    #[prop(optional, into)]
    title: Option<String>,
    /// The rest, with the remedy in the same sentence as the fault.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=classes(["notice", tone.class()]) role=(tone == Tone::Bad).then_some("alert")>
            <Icon name=tone.icon() label=tone.word() />
            <div class="body">{title.map(|title| view! { <b>{title}</b> })} <div>{children()}</div></div>
        </div>
    }
}

/// A remark beside a thin rule: method, source, limits.
#[component]
pub fn Note(
    /// Small enough to stand in a line or a cell.
    #[prop(optional)]
    tight: bool,
    /// The remark; may hold links.
    children: Children,
) -> impl IntoView {
    if tight {
        view! { <span class="note tight">{children()}</span> }.into_any()
    } else {
        view! { <p class="note">{children()}</p> }.into_any()
    }
}
