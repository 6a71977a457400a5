//! What a figure means and where it comes from.

use leptos::prelude::*;

use crate::Disclosure;

/// The definition of a figure, opened on demand: words, formula, inputs.
#[component]
pub fn Definition(
    /// The figure's name.
    #[prop(into)]
    term: String,
    /// What it means, in a sentence.
    #[prop(into)]
    meaning: String,
    /// How it is computed.
    #[prop(optional, into)]
    formula: Option<String>,
    /// The values that went in, each with its name.
    #[prop(optional)]
    inputs: Vec<(String, String)>,
    /// Links to rows, sources and snapshot.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Disclosure summary=format!("How {term} is computed")>
            <div class="definition">
                <p class="soft prose">{meaning}</p>
                {formula.map(|formula| view! { <p class="formula">{formula}</p> })}
                {(!inputs.is_empty()).then(|| view! { <Pairs pairs=inputs /> })}
                {children.map(|children| view! { <p>{children()}</p> })}
            </div>
        </Disclosure>
    }
}

/// Names and values, one pair on a line.
#[component]
pub fn Pairs(
    /// Name and value.
    pairs: Vec<(String, String)>,
) -> impl IntoView {
    let lines = pairs
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd class="num">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="pairs">{lines}</dl> }
}
