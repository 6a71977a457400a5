//! The figures of the sample company.

use super::super::{Change, FigureRow, Tone};
use charts::{Evidence, PercentileBar, Rank, ReferencePoints};
use kernel::{Currency, Unit, figure};

const USD: Currency = Currency::Usd;

/// A metric of the sample company.
pub(super) struct Metric {
    pub(super) label: &'static str,
    pub(super) unit: Unit,
    pub(super) you: f64,
    pub(super) previous: f64,
    pub(super) median: f64,
    pub(super) rank: (f64, f64, f64),
    pub(super) peers: u32,
}

impl Metric {
    fn is_low_better(&self) -> bool {
        ["churn", "payback", "Burn"].iter().any(|word| self.label.contains(word))
    }
}

const fn metric(
    label: &'static str,
    unit: Unit,
    (you, previous, median): (f64, f64, f64),
    rank: (f64, f64, f64),
    peers: u32,
) -> Metric {
    Metric { label, unit, you, previous, median, rank, peers }
}

/// Groups with their findings.
pub(super) const GROUPS: [(&str, &str, &[Metric]); 5] = [
    (
        "Growth",
        "Growing faster than most peers",
        &[
            metric("ARR growth, year on year", Unit::Share, (0.46, 0.44, 0.35), (67.0, 52.0, 79.0), 45),
            metric("Net new ARR per FTE", Unit::Money, (8_100.0, 7_700.0, 6_900.0), (61.0, 45.0, 75.0), 35),
            metric("CMGR, 12 months", Unit::SharePerMonth, (0.032, 0.031, 0.028), (58.0, 44.0, 71.0), 45),
            metric("New MRR", Unit::MoneyPerMonth, (22_000.0, 19_400.0, 18_000.0), (57.0, 42.0, 70.0), 41),
            metric(
                "Expansion MRR",
                Unit::MoneyPerMonth,
                (19_000.0, 16_200.0, 12_500.0),
                (66.0, 51.0, 78.0),
                41,
            ),
        ],
    ),
    (
        "Retention",
        "Customers stay and grow",
        &[
            metric("Net revenue retention", Unit::Share, (1.08, 1.06, 1.03), (74.0, 60.0, 85.0), 45),
            metric("Gross revenue retention", Unit::Share, (0.91, 0.91, 0.91), (50.0, 36.0, 64.0), 45),
            metric("Logo churn, monthly", Unit::SharePerMonth, (0.019, 0.022, 0.021), (58.0, 44.0, 71.0), 45),
            metric(
                "Revenue churn, monthly",
                Unit::SharePerMonth,
                (0.009, 0.01, 0.011),
                (60.0, 45.0, 73.0),
                45,
            ),
        ],
    ),
    (
        "Efficiency",
        "Winning customers has become slower to pay back",
        &[
            metric("Burn multiple", Unit::Times, (1.3, 1.7, 1.5), (62.0, 43.0, 78.0), 25),
            metric("New-customer CAC payback", Unit::Months, (19.0, 16.0, 15.0), (28.0, 14.0, 48.0), 25),
            metric("Magic number", Unit::Times, (0.8, 0.8, 0.8), (52.0, 33.0, 70.0), 25),
            metric("LTV to CAC", Unit::Times, (3.4, 3.6, 3.1), (56.0, 37.0, 73.0), 22),
        ],
    ),
    (
        "Margin",
        "Gross margin is below the median of peers",
        &[
            metric("Gross margin", Unit::Share, (0.714, 0.722, 0.76), (31.0, 19.0, 46.0), 45),
            metric("Operating margin", Unit::Share, (-0.22, -0.25, -0.18), (43.0, 22.0, 68.0), 9),
            metric("Rule of 40 (FCF)", Unit::Points, (24.0, 21.0, 0.0), (50.0, 10.0, 90.0), 4),
        ],
    ),
    (
        "Capital and people",
        "As productive as its peers",
        &[
            metric(
                "Revenue per employee",
                Unit::Money,
                (98_000.0, 94_000.0, 99_000.0),
                (49.0, 35.0, 63.0),
                45,
            ),
            metric("ARR per FTE", Unit::Money, (103_000.0, 99_000.0, 101_000.0), (51.0, 37.0, 65.0), 45),
            metric("Months of runway", Unit::Months, (16.0, 18.0, 17.0), (47.0, 30.0, 65.0), 28),
        ],
    ),
];

fn peers_label(peers: u32) -> String {
    let label = match peers {
        0..=5 => "fewer than 6",
        6..=10 => "6–10",
        11..=20 => "11–20",
        21..=30 => "21–30",
        31..=40 => "31–40",
        _ => "41–50",
    };
    label.to_owned()
}

pub(super) fn change(metric: &Metric) -> Change {
    let difference = metric.you - metric.previous;
    let tone = match difference.total_cmp(&0.0) {
        std::cmp::Ordering::Equal => Tone::Neutral,
        order if order.is_gt() != metric.is_low_better() => Tone::Better,
        _ => Tone::Worse,
    };
    let amount = kernel::delta(difference, metric.unit, USD).to_string();
    Change { amount, since: "vs Q2".to_owned(), tone }
}

pub(super) fn rank(metric: &Metric) -> Option<Rank> {
    let (percentile, low, high) = metric.rank;
    (metric.peers >= 6).then_some(Rank { percentile, low, high })
}

pub(super) fn bar(metric: &Metric, synthetic: bool) -> PercentileBar {
    let at = |factor: f64| Some(metric.median * factor);
    PercentileBar {
        title: metric.label.to_owned(),
        unit: metric.unit,
        currency: USD,
        you: Some(metric.you),
        rank: rank(metric),
        evidence: Evidence::for_peers(metric.peers),
        peers: peers_label(metric.peers),
        reference: ReferencePoints { p10: at(0.5), p25: at(0.7), p50: at(1.0), p75: at(1.3), p90: at(1.6) },
        synthetic,
    }
}

pub(super) fn row(metric: &Metric) -> FigureRow {
    let shown = |value: f64| Some(figure(value, metric.unit, USD));
    FigureRow {
        metric: metric.label.to_owned(),
        value: shown(metric.you),
        previous: shown(metric.previous),
        change: Some(change(metric)),
        median: if metric.peers >= 6 { shown(metric.median) } else { None },
        rank: rank(metric),
        peers: peers_label(metric.peers),
    }
}
