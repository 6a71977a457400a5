//! The pages as the server writes them.

#![expect(clippy::unwrap_used, reason = "builders of tests may fail loudly")]

use charts::{MonthValue, MonthlySeries, MrrBridge, TrendChart, WaterfallChart};
use kernel::{Currency, Month, THIN_SPACE};
use leptos::prelude::*;
use metrics::{
    MetricKey,
    engine::{self, DEFAULT_FIGURES, DashboardRequest},
    model::{
        CatalogueRow, CatalogueView, DashboardContent, DashboardView, FigureView, InputValue, MonthRange,
        Observations, Provenance, ShownCurrency, SourceFile, SourceRow, Trend, Value, Window,
    },
};

use crate::{catalogue::Catalogue, dashboard::Dashboard, figure::Opened};

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let text = Owner::new_root(Some(std::sync::Arc::new(hydration_context::SsrSharedContext::new_islands())))
        .with(|| view().to_html());
    text.replace(THIN_SPACE, " ").replace("<!>", "")
}

fn month() -> Month {
    "2026-09".parse().unwrap()
}

fn own() -> ShownCurrency {
    ShownCurrency { currency: Currency::Usd, converted_by: None }
}

/// Twelve months in which MRR grew by new customers alone.
fn observations() -> Observations {
    let months = MonthRange::ending(month(), 12);
    let mut observations = Observations::default();
    for (month, step) in months.iter().zip(0..) {
        let still = [MetricKey::MRR_EXPANSION, MetricKey::MRR_CONTRACTION, MetricKey::MRR_CHURNED];
        observations.set(MetricKey::MRR, month, 100_000.0 + 5_000.0 * f64::from(step));
        observations.set(MetricKey::MRR_NEW, month, 5_000.0);
        for key in still {
            observations.set(key, month, 0.0);
        }
    }
    observations
}

fn chart(synthetic: bool) -> TrendChart {
    let points =
        MonthRange::ending(month(), 12).iter().map(|month| MonthValue { month, value: 100_000.0 }).collect();
    TrendChart {
        title: "Monthly recurring revenue".to_owned(),
        unit: MetricKey::MRR.metric().unit,
        currency: Currency::Usd,
        series: vec![MonthlySeries { label: "Northlight".to_owned(), points }],
        comparison: None,
        synthetic,
    }
}

fn source() -> SourceFile {
    let dataset_id = "0199a0a0-0000-7000-8000-000000000001".parse().unwrap();
    SourceFile { dataset_id, name: "revenue-2026-09.csv".to_owned() }
}

fn dashboard(is_synthetic: bool) -> DashboardView {
    let observations = observations();
    let derived = engine::derive(&observations, MonthRange::ending(month(), 36));
    let request = DashboardRequest {
        month: month(),
        window: Window::Quarter,
        keys: DEFAULT_FIGURES.to_vec(),
        currency: Currency::Usd,
    };
    let amounts = MrrBridge {
        start: 140_000.0,
        new: 15_000.0,
        reactivated: 0.0,
        expansion: 0.0,
        contraction: 0.0,
        churned: 0.0,
        end: 155_000.0,
    };
    let content = DashboardContent {
        dashboard: engine::dashboard(&observations, &derived, &request),
        trends: [MetricKey::MRR, MetricKey::CUSTOMERS, MetricKey::NRR]
            .map(|key| Trend { key, chart: chart(is_synthetic) })
            .to_vec(),
        waterfall: Some(WaterfallChart::mrr_bridge("How MRR moved", Currency::Usd, amounts, is_synthetic)),
        months: MonthRange::ending(month(), 12).iter().rev().collect(),
        source: Some(source()),
    };
    DashboardView { company: "Northlight".to_owned(), is_synthetic, shown: own(), content: Some(content) }
}

#[test]
fn the_dashboard_says_its_period_its_source_and_what_is_missing() {
    let page = html(|| view! { <Dashboard view=dashboard(false) slug="northlight".to_owned() /> });
    for expected in [
        "Third quarter 2026, in US dollars.",
        "/w/northlight/data/0199a0a0-0000-7000-8000-000000000001/format",
        "/w/northlight/figures/arr?month=2026-09",
        "$1.86",
        "needs headcount",
        "MRR rose to $155 k in the quarter",
        "bridge closes",
        "/w/northlight/figures.xlsx",
        "/w/northlight/charts/mrr.svg?month=2026-09&amp;window=quarter",
        "/w/northlight/charts/mrr-bridge.png?month=2026-09&amp;window=quarter",
        "Show as a table",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    assert!(!page.contains("synthetic") && !page.contains("style="), "{page}");
}

#[test]
fn made_up_figures_are_marked_on_every_chart() {
    let page = html(|| view! { <Dashboard view=dashboard(true) slug="northlight".to_owned() /> });
    let charts = page.matches("<svg xmlns").count();
    let marks = page.matches(">synthetic</text>").count();
    assert!(charts > 0 && charts == marks, "{charts} charts, {marks} marks");
}

#[test]
fn before_the_first_import_the_dashboard_offers_the_way_to_one() {
    let view =
        DashboardView { company: "Northlight".to_owned(), is_synthetic: false, shown: own(), content: None };
    let page = html(|| view! { <Dashboard view=view slug="northlight".to_owned() /> });
    assert!(page.contains("Your figures will be here") && page.contains("/w/northlight/data"), "{page}");
}

#[test]
fn a_figure_opens_to_its_formula_its_inputs_and_their_rows() {
    let key = MetricKey::ARR;
    let row = SourceRow { file: source(), line: 14 };
    let view = FigureView {
        key,
        month: month(),
        months: MonthRange::ending(month(), 12),
        shown: own(),
        value: Value::Known(1_860_000.0),
        provenance: Provenance::Computed {
            inputs: vec![metrics::model::Cell { key: MetricKey::MRR, month: month() }],
        },
        inputs: vec![InputValue {
            key: MetricKey::MRR,
            month: month(),
            value: Value::Known(155_000.0),
            source: Some(row),
        }],
        source: None,
        trend: Some(chart(false)),
    };
    let page = html(|| view! { <Opened view=view slug="northlight".to_owned() /> });
    for expected in [
        "Annual recurring revenue",
        "from one value",
        "line 14",
        key.metric().formula.unwrap(),
        key.metric().source,
        "/w/northlight/figures/mrr?month=2026-09",
        "/w/northlight/figures/arr?month=2026-08",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    assert!(!page.contains("month=2026-10"), "there is no month after the newest");
}

#[test]
fn the_catalogue_lists_every_figure_with_its_value_or_its_need() {
    let derived = engine::derive(&observations(), MonthRange::ending(month(), 12));
    let rows =
        MetricKey::all().map(|key| CatalogueRow { key, month: month(), value: derived.value(key, month()) });
    let view = CatalogueView { company: "Northlight".to_owned(), shown: own(), rows: rows.collect() };
    let page = html(|| {
        let wanted = Memo::new(|_| String::new());
        view! { <Catalogue view=view slug="northlight".to_owned() wanted=wanted /> }
    });
    for key in MetricKey::all() {
        assert!(page.contains(&format!("/w/northlight/figures/{key}")), "{key}");
    }
    assert!(page.contains("$155") && page.contains("needs headcount"), "{page}");
}
