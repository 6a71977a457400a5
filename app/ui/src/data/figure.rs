//! Figures as text: tabular, never broken across lines, the unit smaller after a thin space.

use kernel::{Figure, MISSING, THIN_SPACE};
use leptos::prelude::*;

use crate::VisuallyHidden;

/// A figure, or the mark of a missing one.
#[component]
pub fn FigureText(
    /// The figure; `None` shows that there is no data, which is never 0.
    #[prop(into)]
    figure: Option<Figure>,
) -> impl IntoView {
    match figure {
        Some(figure) => {
            let unit = (!figure.unit.is_empty()).then(|| {
                view! {
                    {THIN_SPACE}
                    <span class="unit">{figure.unit}</span>
                }
            });
            view! { <span class="num figure">{figure.number}{unit}</span> }.into_any()
        }
        None => view! {
            <span class="muted" aria-hidden="true">
                {MISSING}
            </span>
            <VisuallyHidden>"no data"</VisuallyHidden>
        }
        .into_any(),
    }
}

/// What a change means for the company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Judgement {
    /// Better.
    Better,
    /// Worse.
    Worse,
    /// Neither, or not to be judged.
    #[default]
    Neutral,
}

impl Judgement {
    fn class(self) -> &'static str {
        match self {
            Self::Better => "num better",
            Self::Worse => "num worse",
            Self::Neutral => "num soft",
        }
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Better => Some(" better"),
            Self::Worse => Some(" worse"),
            Self::Neutral => None,
        }
    }
}

/// A change of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change with its sign, from `kernel::delta`.
    pub figure: Figure,
    /// What it means.
    pub judgement: Judgement,
    /// Since when: "vs Q2".
    pub against: String,
}

/// A change: its sign, its colour, and the word that says the same as the colour.
#[component]
pub fn ChangeText(
    /// The change.
    change: Change,
) -> impl IntoView {
    view! {
        <span class=change.judgement.class()>
            {change.figure.to_string()}
            {change.judgement.word().map(|word| view! { <VisuallyHidden>{word}</VisuallyHidden> })}
        </span>
        <span class="muted against">{change.against}</span>
    }
}
