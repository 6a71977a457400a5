//! Small marks beside figures and headings.

use leptos::prelude::*;

use crate::{Icon, IconName, classes};

/// What a mark means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChipTone {
    /// A fact.
    #[default]
    Neutral,
    /// A comparison with peers.
    Accent,
    /// In order, or better.
    Good,
    /// Not in order, or worse.
    Bad,
    /// Doubtful.
    Warning,
    /// Made up.
    Synthetic,
}

impl ChipTone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warning => "warn",
            Self::Synthetic => "synthetic",
        }
    }
}

/// A small mark: one to four words or a figure; a link when it opens to its reason.
#[component]
pub fn Chip(
    /// What it means.
    #[prop(optional)]
    tone: ChipTone,
    /// Where it leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The words or the figure.
    children: Children,
) -> impl IntoView {
    let class = classes(["chip num", tone.class()]);
    let content = view! {
        {icon.map(|icon| view! { <Icon name=icon /> })}
        {children()}
    };
    match href {
        Some(href) => view! { <a class=class href=href>{content}</a> }.into_any(),
        None => view! { <span class=class>{content}</span> }.into_any(),
    }
}
