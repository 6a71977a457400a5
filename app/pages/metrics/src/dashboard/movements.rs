//! How MRR moved, and whether the movements add up.

use charts::{AnyChart, WaterfallChart};
use kernel::{Currency, Figure, Unit, figure};
use leptos::prelude::*;
use metrics::model::{Bridge, Window};
use ui::{ButtonKind, Card, ChartFigure, ChartPlace, Chip, ChipTone, LinkButton};

use crate::{
    address::Links,
    chart_card::ChartFiles,
    words::{needs, within_words},
};

const HEIGHT: f64 = 240.0;

/// The MRR bridge with its verdict.
#[component]
pub(crate) fn MovementsCard(
    bridge: Bridge,
    waterfall: Option<WaterfallChart>,
    window: Window,
    currency: Currency,
    links: Links,
) -> impl IntoView {
    let heading = heading(&bridge, window, currency);
    let verdict = verdict(&bridge, currency);
    let sentence = sentence(&bridge, currency);
    let marks = move || verdict.map(|(tone, words)| view! { <Chip tone=tone>{words}</Chip> });
    match waterfall {
        Some(waterfall) => {
            let name = waterfall.title.clone();
            let [svg, png] = ["svg", "png"].map(|ending| links.chart("mrr-bridge", ending));
            let files = move || view! { <ChartFiles name=name svg=svg png=png csv=None /> };
            view! {
                <Card heading=heading marks=marks actions=files>
                    <ChartFigure chart=AnyChart::Waterfall(waterfall) place=ChartPlace::Half height=HEIGHT />
                    <p class="text-s text-ink-3 mt-2">{sentence}</p>
                </Card>
            }
            .into_any()
        }
        None => view! {
            <Card heading=heading marks=marks>
                <p class="prose">{sentence}</p>
                <div class="actions mt-4">
                    <LinkButton href=links.page("/data") kind=ButtonKind::Default>"Add movements"</LinkButton>
                </div>
            </Card>
        }
        .into_any(),
    }
}

/// The finding, where both ends are known.
fn heading(bridge: &Bridge, window: Window, currency: Currency) -> String {
    let within = within_words(window, bridge.months.last);
    let (Some(start), Some(end)) = (bridge.start, bridge.end) else {
        return format!("How MRR moved {within}");
    };
    let (before, after) = (amount(start, currency), amount(end, currency));
    if before == after {
        return format!("MRR stayed at {after} {within}");
    }
    format!("MRR {} to {after} {within}", if end > start { "rose" } else { "fell" })
}

/// Whether the bridge closes, in the words of its chip; nothing where it cannot be checked.
fn verdict(bridge: &Bridge, currency: Currency) -> Option<(ChipTone, String)> {
    if bridge.closes? {
        return Some((ChipTone::Good, "bridge closes".to_owned()));
    }
    let gap = bridge.gap.filter(|gap| gap.abs() > bridge.tolerance);
    let words = match (gap, bridge.monthly_gaps.as_slice()) {
        (Some(gap), _) => format!("gap of {}", amount(gap.abs(), currency)),
        (None, [(month, gap)]) => format!("gap of {} in {}", amount(gap.abs(), currency), month.label()),
        (None, gaps) => format!("gaps in {} months", gaps.len()),
    };
    Some((ChipTone::Bad, words))
}

fn sentence(bridge: &Bridge, currency: Currency) -> String {
    let Some(closes) = bridge.closes else {
        let missing = needs(&bridge.missing);
        return format!("Not every movement is known yet, so the bridge cannot be checked: it {missing}.");
    };
    let reactivated = if bridge.is_reactivation_in_new { "" } else { " + reactivated" };
    let identity = format!("Start + new{reactivated} + expansion − contraction − churned = end");
    let counted = if bridge.is_reactivation_in_new { " Customers who came back count as new." } else { "" };
    if closes {
        return format!("{identity}.{counted}");
    }
    let gap = bridge.gap.filter(|gap| gap.abs() > bridge.tolerance);
    let finding = gap.map_or_else(
        || "Over the whole period the gaps cancel each other.".to_owned(),
        |gap| {
            let side = if gap > 0.0 { "higher" } else { "lower" };
            format!("MRR ended {} {side} than that.", amount(gap.abs(), currency))
        },
    );
    format!("{identity}. {finding} Look for a movement that is missing or counted twice.{counted}")
}

fn amount(value: f64, currency: Currency) -> Figure {
    figure(value, Unit::Money, currency)
}

#[cfg(test)]
mod tests {
    use kernel::THIN_SPACE;
    use metrics::{
        MetricKey,
        model::{Cell, MonthRange},
    };

    use super::*;

    fn bridge() -> Bridge {
        let last = "2026-09".parse().unwrap();
        Bridge {
            months: MonthRange::ending(last, 3),
            start: Some(165_000.0),
            new: Some(22_000.0),
            reactivated: None,
            expansion: Some(19_000.0),
            contraction: Some(2_000.0),
            churned: Some(3_000.0),
            end: Some(201_000.0),
            gap: Some(0.0),
            closes: Some(true),
            tolerance: 10.0,
            monthly_gaps: Vec::new(),
            is_reactivation_in_new: true,
            missing: Vec::new(),
        }
    }

    fn plain(text: &str) -> String {
        text.replace(THIN_SPACE, " ")
    }

    #[test]
    fn the_heading_says_how_it_went() {
        let shown = |bridge: &Bridge| plain(&heading(bridge, Window::Quarter, Currency::Usd));
        assert_eq!(shown(&bridge()), "MRR rose to $201 k in the quarter");
        assert_eq!(shown(&Bridge { end: Some(100_000.0), ..bridge() }), "MRR fell to $100 k in the quarter");
        assert_eq!(
            shown(&Bridge { end: Some(165_001.0), ..bridge() }),
            "MRR stayed at $165 k in the quarter"
        );
        assert_eq!(shown(&Bridge { start: None, ..bridge() }), "How MRR moved in the quarter");
    }

    #[test]
    fn the_verdict_shows_every_gap_and_claims_nothing_unknown() {
        let shown =
            |bridge: &Bridge| verdict(bridge, Currency::Usd).map(|(tone, words)| (tone, plain(&words)));
        assert_eq!(shown(&bridge()), Some((ChipTone::Good, "bridge closes".to_owned())));
        let open = Bridge { gap: Some(-2_500.0), closes: Some(false), ..bridge() };
        assert_eq!(shown(&open), Some((ChipTone::Bad, "gap of $2.5 k".to_owned())));
        assert!(plain(&sentence(&open, Currency::Usd)).contains("MRR ended $2.5 k lower than that"));
        let august = "2026-08".parse().unwrap();
        let hidden = Bridge { closes: Some(false), monthly_gaps: vec![(august, 900.0)], ..bridge() };
        assert_eq!(shown(&hidden), Some((ChipTone::Bad, "gap of $900 in Aug 2026".to_owned())));
        assert!(sentence(&hidden, Currency::Usd).contains("cancel each other"));
        let missing = vec![Cell { key: MetricKey::MRR_EXPANSION, month: august }];
        let unknown = Bridge { closes: None, gap: None, expansion: None, missing, ..bridge() };
        assert_eq!(shown(&unknown), None);
        assert!(sentence(&unknown, Currency::Usd).ends_with("it needs expansion."));
    }
}
