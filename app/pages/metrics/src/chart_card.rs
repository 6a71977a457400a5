//! A chart in its card: drawing, table and files.

use charts::{AnyChart, Chart, TrendChart};
use leptos::prelude::*;
use metrics::MetricKey;
use ui::{ButtonKind, Card, ChartFigure, ChartPlace, LinkButton, RichChart, VisuallyHidden};

use crate::address::Links;

/// Height of a chart as wide as the page, in pixels; what `charts` lays its interactive charts out for.
const FULL_HEIGHT: f64 = 320.0;
/// Height of a chart in one of two columns, in pixels.
const HALF_HEIGHT: f64 = 220.0;

/// The course of a metric: a drawing that comes alive where script runs.
#[component]
pub(crate) fn TrendCard(
    /// What is on the card's heading.
    heading: String,
    /// The metric.
    metric: MetricKey,
    /// Its course.
    chart: TrendChart,
    /// How much of the page it takes.
    #[prop(optional)]
    place: ChartPlace,
    /// Where its files are.
    links: Links,
) -> impl IntoView {
    let name = chart.title.clone();
    let label = chart.alternative();
    let option = interactive(&chart);
    let drawing = AnyChart::Trend(chart);
    let height = if place == ChartPlace::Full { FULL_HEIGHT } else { HALF_HEIGHT };
    let content = view! {
        <RichChart label=label option_json=option is_half=place == ChartPlace::Half>
            <ChartFigure chart=drawing place=place height=height />
        </RichChart>
    };
    let files = move || {
        let [svg, png] = ["svg", "png"].map(|ending| links.chart(metric.as_str(), ending));
        view! { <ChartFiles name=name svg=svg png=png csv=Some(links.table(Some(metric), "csv")) /> }
    };
    view! { <Card heading=heading actions=files>{content}</Card> }
}

/// The options of ECharts as JSON, in the colours of the page.
#[cfg(feature = "ssr")]
fn interactive(chart: &TrendChart) -> String {
    charts::trend_option(chart, charts::Theme::Page).to_string()
}

/// Nothing: pages are made on the server.
#[cfg(not(feature = "ssr"))]
fn interactive(_chart: &TrendChart) -> String {
    String::new()
}

/// Links to the files of a chart.
#[component]
pub(crate) fn ChartFiles(
    /// What the chart shows, for those who hear the links.
    name: String,
    /// The drawing.
    svg: String,
    /// The image.
    png: String,
    /// The numbers.
    csv: Option<String>,
) -> impl IntoView {
    let link = |href: String, words: &'static str| {
        let of = format!(" of {name}");
        view! {
            <LinkButton href=href kind=ButtonKind::Quiet>
                {words}
                <VisuallyHidden>{of}</VisuallyHidden>
            </LinkButton>
        }
    };
    view! {
        {link(svg, "SVG")}
        {link(png, "PNG")}
        {csv.map(|csv| link(csv, "CSV"))}
    }
}
