//! Charts as drawings at a few widths, of which styles show the one that fits.

use charts::{AnyChart, Chart, Drawing, PercentileBar, Sparkline, Theme};
use leptos::prelude::*;

use super::ChartTwin;

/// How much of the page a chart takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartPlace {
    /// The whole width of the page.
    #[default]
    Full,
    /// One of two columns.
    Half,
}

impl ChartPlace {
    fn class(self) -> &'static str {
        match self {
            Self::Full => "drawing full",
            Self::Half => "drawing half",
        }
    }

    /// The class and the width of each drawing; the classes are switched by `style/charts.css`.
    fn drawings(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Full => &[("wide", 1096.0), ("medium", 640.0), ("narrow", 326.0)],
            Self::Half => &[("wide", 510.0), ("narrow", 326.0)],
        }
    }
}

fn svg(drawing: &Drawing) -> String {
    drawing.to_svg(Theme::Page)
}

/// A chart with its data table: a trend, a bridge, bars.
#[component]
pub fn ChartFigure(
    /// What it shows.
    chart: AnyChart,
    /// How much of the page it takes.
    #[prop(optional)]
    place: ChartPlace,
    /// Its height in pixels.
    #[prop(default = 260.0)]
    height: f64,
) -> impl IntoView {
    let table = chart.table();
    let drawings = place
        .drawings()
        .iter()
        .map(|(class, width)| view! { <div class=*class inner_html=svg(&chart.draw(*width, height))></div> })
        .collect_view();
    view! {
        <figure class=place.class()>
            {drawings}
        </figure>
        <ChartTwin table=table />
    }
}

/// A small trend for a tile. The figure beside it says the number; its text alternative says the course.
#[component]
pub fn SparklineChart(
    /// What it shows.
    sparkline: Sparkline,
) -> impl IntoView {
    const HEIGHT: f64 = 30.0;
    view! {
        <div class="drawing tile-wide">
            <div class="wide" inner_html=svg(&sparkline.draw(232.0, HEIGHT))></div>
            <div class="narrow" inner_html=svg(&sparkline.draw(132.0, HEIGHT))></div>
        </div>
    }
}

/// The signature: where a company stands among its peers.
#[component]
pub fn PercentileBarChart(
    /// What it shows.
    bar: PercentileBar,
    /// Its width in pixels, where there is room for it.
    #[prop(default = 340.0)]
    width: f64,
) -> impl IntoView {
    const HEIGHT: f64 = 30.0;
    // It holds no text, so a bar that is about as wide as a phone serves every width.
    let needs_narrow = !(280.0..=400.0).contains(&width);
    view! {
        <div class="percentile-bar">
            {needs_narrow.then(|| view! { <div class="narrow" inner_html=svg(&bar.draw(326.0, HEIGHT))></div> })}
            <div class="wide" inner_html=svg(&bar.draw(width, HEIGHT))></div>
        </div>
    }
}
