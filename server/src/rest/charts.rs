//! Charts as files.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use charts::{
    AnyChart, Chart,
    files::{FileSize, to_png, to_svg_file},
};
use kernel::{Actor, AppError, Month, OrInternal};
use metrics::{
    MetricKey,
    model::{FiguresQuery, ShownCurrency, Window},
};
use reports::tables::figures_title;
use tower_sessions::Session;

use super::{
    answer::{actor, attachment},
    metrics::FileQuery,
    problem::Problem,
};
use crate::services::Services;

/// The name of the chart of MRR movements among the charts of metrics.
const BRIDGE: &str = "mrr-bridge";
/// Pixels of a PNG for each pixel of its size, for sharp slides.
const SCALE: u32 = 2;

/// A chart with the line that says where its numbers come from.
struct Picture {
    chart: AnyChart,
    source: String,
    month: Month,
}

/// The course of a metric, or how MRR moved, as SVG or PNG: `mrr.svg`, `mrr-bridge.png`.
pub(crate) async fn chart(
    State(services): State<Services>,
    Path((workspace, file)): Path<(String, String)>,
    Query(query): Query<FileQuery>,
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    let (name, ending) = file.rsplit_once('.').ok_or_else(|| AppError::not_found("chart"))?;
    if !["svg", "png"].contains(&ending) {
        return Err(AppError::not_found("chart").into());
    }
    let picture = if name == BRIDGE {
        bridge(&services, &actor, query.parse()?).await?
    } else {
        let key = MetricKey::parse(name).ok_or_else(|| AppError::not_found("chart"))?;
        trend(&services, &actor, key, query.parse()?).await?
    };
    let title = figures_title(&workspace, name, Some(picture.month), picture.chart.is_synthetic());
    let file_name = format!("{title}.{ending}");
    if ending == "svg" {
        let svg =
            to_svg_file(&picture.chart, FileSize::USUAL, &picture.source).or_internal("drawing a chart")?;
        return Ok((attachment(&file_name, "image/svg+xml"), svg).into_response());
    }
    let painting =
        tokio::task::spawn_blocking(move || to_png(&picture.chart, FileSize::USUAL, &picture.source, SCALE));
    let png = painting.await.or_internal("painting a chart")?.or_internal("painting a chart")?;
    Ok((attachment(&file_name, "image/png"), png).into_response())
}

async fn trend(
    services: &Services,
    actor: &Actor,
    key: MetricKey,
    query: FiguresQuery,
) -> Result<Picture, AppError> {
    let view = services.metrics.figure(actor, key, query).await?;
    let chart = view.trend.ok_or_else(|| AppError::not_found("chart"))?;
    let company = chart.series.first().map(|series| series.label.clone()).unwrap_or_default();
    let metric = key.metric();
    let shown = metric.unit.is_money().then_some(&view.shown);
    let source = source_line(&company, &view.month.label(), shown, metric.source);
    Ok(Picture { chart: AnyChart::Trend(chart), source, month: view.month })
}

async fn bridge(services: &Services, actor: &Actor, query: FiguresQuery) -> Result<Picture, AppError> {
    let view = services.metrics.dashboard(actor, query).await?;
    let content = view.content.ok_or_else(|| AppError::not_found("chart"))?;
    let chart = content.waterfall.ok_or_else(|| AppError::not_found("chart"))?;
    let (month, window) = (content.dashboard.month, content.dashboard.window);
    let source =
        source_line(&view.company, &period(window, month), Some(&view.shown), MetricKey::MRR.metric().source);
    Ok(Picture { chart: AnyChart::Waterfall(chart), source, month })
}

fn period(window: Window, month: Month) -> String {
    window.ending(month).label()
}

/// The line below a chart.
fn source_line(company: &str, period: &str, shown: Option<&ShownCurrency>, definition: &str) -> String {
    let currency = shown.map_or_else(String::new, |shown| match &shown.converted_by {
        Some(rate) => format!(", in {} at one fixed rate ({rate})", shown.currency.code()),
        None => format!(", in {}", shown.currency.code()),
    });
    format!("{company}, {period}{currency}. Definition: {definition}. Made with Quartile.")
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn the_line_below_a_chart_says_whose_numbers_and_how_they_were_converted() {
        let own = ShownCurrency { currency: Currency::Usd, converted_by: None };
        let euros = ShownCurrency { currency: Currency::Eur, converted_by: Some("ECB, 2024".to_owned()) };
        let line = |shown| source_line("Northlight", "Sep 2026", shown, "SaaS Metrics Standards Board");
        assert_eq!(
            line(Some(&own)),
            "Northlight, Sep 2026, in USD. Definition: SaaS Metrics Standards Board. Made with Quartile."
        );
        assert!(line(Some(&euros)).contains("in EUR at one fixed rate (ECB, 2024)"));
        assert!(line(None).starts_with("Northlight, Sep 2026. Definition"));
    }
}
