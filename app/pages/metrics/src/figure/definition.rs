//! What a metric means, as the catalogue says it.

use kernel::Currency;
use leptos::prelude::*;
use metrics::{MetricKey, catalogue::Metric};
use ui::Card;

use crate::{
    address::Links,
    words::{aim_words, metrics_in, range_words, standing_words, unit_words},
};

/// Everything the catalogue says about a metric.
#[component]
pub(crate) fn DefinitionCard(
    /// The metric.
    metric: MetricKey,
    /// The currency of amounts.
    currency: Currency,
    /// Where other figures are.
    links: Links,
) -> impl IntoView {
    let record = metric.metric();
    let facts =
        facts(record, currency).into_iter().map(|(name, words)| fact(name, words.into_any())).collect_view();
    view! {
        <Card heading="Definition" id="definition">
            <dl class="grid gap-3">
                {fact("In words", format!("{}.", record.words).into_any())}
                {fact("Formula", formula(record, &links))}
                {facts}
                {(!record.variants.is_empty()).then(|| fact("Variants in use", variants(record)))}
            </dl>
        </Card>
    }
}

fn fact(name: &'static str, content: AnyView) -> impl IntoView {
    view! {
        <div class="grid gap-1 border-b border-line pb-3 sm:grid-cols-[11rem_minmax(0,1fr)] sm:gap-4">
            <dt class="text-ink-3">{name}</dt>
            <dd class="prose">{content}</dd>
        </div>
    }
}

/// What can be said in one sentence each.
fn facts(record: &Metric, currency: Currency) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Unit", unit_words(record.unit, currency)),
        ("Which way is better", aim_words(record, currency)),
        ("Possible values", range_words(record, currency)),
        ("Without a value", format!("{}.", record.null_rule.rule)),
        ("Quarters and years", format!("{}.", record.rollup.words())),
    ];
    if record.formula.is_some() {
        facts.push(("In rankings", standing_words(record.null_rule.standing).to_owned()));
    }
    if !record.pitfall.is_empty() {
        facts.push(("Easily done wrong", record.pitfall.to_owned()));
    }
    facts.push(("Defined by", record.source.to_owned()));
    facts
}

/// The expression as it is computed, and the figures it names.
fn formula(record: &Metric, links: &Links) -> AnyView {
    let Some(text) = record.formula else {
        return "None: it is reported, not computed.".into_any();
    };
    let inputs = metrics_in(text).into_iter().map(|key| {
        view! {
            <li>
                <code>{key.as_str()}</code>
                " "
                <a href=links.figure(key)>{key.metric().label}</a>
            </li>
        }
    });
    view! {
        <div class="definition">
            <p class="formula"><code>{text}</code></p>
            <ul class="grid gap-1">{inputs.collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn variants(record: &Metric) -> AnyView {
    let line = |(place, words): (usize, &'static str)| {
        let mark = if place == 0 { " (computed here)" } else { "" };
        view! { <li>{words} <span class="muted">{mark}</span></li> }
    };
    let lines = record.variants.iter().map(|variant| variant.words).enumerate().map(line).collect_view();
    view! { <ul class="grid gap-1">{lines}</ul> }.into_any()
}
