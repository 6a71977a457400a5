//! The key figures.

use charts::{MonthValue, Sparkline};
use kernel::{Currency, Figure, MISSING};
use leptos::prelude::*;
use metrics::model::{KeyFigure, Value, Window};
use ui::{KeyFigureProps, KeyFigures, SparklineChart};

use crate::{
    address::Links,
    words::{against_words, change_figure, needs, shown, span_words},
};

/// A tile for each key figure; its name leads to the figure opened.
#[component]
pub(crate) fn Tiles(
    figures: Vec<KeyFigure>,
    window: Window,
    currency: Currency,
    is_synthetic: bool,
    links: Links,
) -> impl IntoView {
    let tiles = figures.into_iter().map(move |figure| {
        let sparkline = sparkline(&figure, currency, is_synthetic);
        ui::KeyFigure(KeyFigureProps {
            label: figure.label.clone(),
            href: Some(links.figure(figure.key)),
            figure: value_figure(&figure, currency),
            note: note(&figure, window),
            change: change(&figure, window, currency),
            chip: gap(&figure.value)
                .map(|sentence| ViewFnOnce::from(move || view! { <span class="muted">{sentence}</span> })),
            sparkline: sparkline
                .map(|sparkline| ViewFnOnce::from(move || view! { <SparklineChart sparkline=sparkline /> })),
        })
    });
    view! { <KeyFigures>{tiles.collect_view()}</KeyFigures> }
}

/// The figure; a dash, not "no data", where all data is there and the figure has no meaning.
fn value_figure(figure: &KeyFigure, currency: Currency) -> Option<Figure> {
    match figure.value {
        Value::Undefined { .. } => Some(Figure { number: MISSING.to_owned(), unit: String::new() }),
        _ => shown(&figure.value, figure.unit, currency),
    }
}

fn note(figure: &KeyFigure, window: Window) -> Option<String> {
    match figure.value {
        Value::Known(_) => span_words(figure.key.metric(), window),
        Value::Missing { .. } => Some("no data".to_owned()),
        Value::Undefined { .. } => None,
    }
}

/// Why there is no figure.
fn gap(value: &Value) -> Option<String> {
    match value {
        Value::Known(_) => None,
        Value::Missing { inputs } => Some(needs(inputs)),
        Value::Undefined { reason } => Some(reason.sentence().to_owned()),
    }
}

fn change(figure: &KeyFigure, window: Window, currency: Currency) -> Option<ui::Change> {
    let change = figure.change.as_ref()?;
    Some(ui::Change {
        figure: change_figure(change, figure.unit, currency),
        judgement: judgement(change.judgement),
        against: against_words(window, change.against),
    })
}

fn judgement(judgement: metrics::model::Judgement) -> ui::Judgement {
    match judgement {
        metrics::model::Judgement::Better => ui::Judgement::Better,
        metrics::model::Judgement::Worse => ui::Judgement::Worse,
        metrics::model::Judgement::Neutral => ui::Judgement::Neutral,
    }
}

/// The course of the tile; nothing where no month has a value.
fn sparkline(figure: &KeyFigure, currency: Currency, synthetic: bool) -> Option<Sparkline> {
    let known = figure
        .sparkline
        .iter()
        .filter_map(|point| Some(MonthValue { month: point.month, value: point.value? }));
    let points: Vec<MonthValue> = known.collect();
    let title = format!("{}, last {} months", figure.label, figure.sparkline.len());
    (!points.is_empty()).then_some(Sparkline { title, unit: figure.unit, currency, points, synthetic })
}

#[cfg(test)]
mod tests {
    use metrics::{
        MetricKey,
        model::{Cell, Provenance, Reason, SparkPoint},
    };

    use super::*;

    fn runway(value: Value) -> KeyFigure {
        let month = "2026-09".parse().unwrap();
        KeyFigure {
            key: MetricKey::RUNWAY,
            label: "Runway".to_owned(),
            short_label: "Runway".to_owned(),
            unit: MetricKey::RUNWAY.metric().unit,
            value,
            provenance: Provenance::Unreported,
            change: None,
            sparkline: vec![SparkPoint { month, value: None }],
        }
    }

    #[test]
    fn no_data_is_told_from_a_figure_without_meaning() {
        let cell = Cell { key: MetricKey::HEADCOUNT, month: "2026-09".parse().unwrap() };
        let missing = runway(Value::Missing { inputs: vec![cell] });
        assert_eq!(value_figure(&missing, Currency::Usd), None);
        assert_eq!(note(&missing, Window::Quarter).as_deref(), Some("no data"));
        assert_eq!(gap(&missing.value).as_deref(), Some("needs headcount"));
        let alive = runway(Value::Undefined { reason: Reason(MetricKey::RUNWAY) });
        assert_eq!(value_figure(&alive, Currency::Usd).unwrap().number, MISSING);
        assert!(gap(&alive.value).unwrap().starts_with("Default alive"));
        assert_eq!(sparkline(&alive, Currency::Usd, false), None);
    }
}
