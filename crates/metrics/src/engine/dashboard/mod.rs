//! What a dashboard shows, from the derived figures alone.

mod attention;

pub use attention::enumerated;

use kernel::{Currency, Direction, Month, Unit};

use super::{bridge::bridge, rollup::rollup};
use crate::{
    catalogue::{Aim, Metric, MetricKey},
    model::{
        Change, Dashboard, Derived, Judgement, KeyFigure, MonthRange, Observations, Provenance, SparkPoint,
        Window,
    },
};
/// How many months a sparkline shows.
pub const SPARKLINE_MONTHS: i32 = 18;

/// The key figures of a workspace that has not chosen its own.
pub const DEFAULT_FIGURES: &[MetricKey] = &[
    MetricKey::ARR,
    MetricKey::NRR,
    MetricKey::GROSS_MARGIN,
    MetricKey::BURN_MULTIPLE,
    MetricKey::CAC_PAYBACK,
    MetricKey::LOGO_CHURN,
    MetricKey::REVENUE_PER_EMPLOYEE,
    MetricKey::RUNWAY,
];

/// A change smaller than this part is none: it would not show.
const LEAST_RELATIVE_CHANGE: f64 = 0.000_5;
/// A change of a share smaller than this is none: it would show as 0 points.
const LEAST_SHARE_CHANGE: f64 = 0.000_5;

/// What somebody wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardRequest {
    /// The last month.
    pub month: Month,
    /// How many months a figure stands for.
    pub window: Window,
    /// The key figures, in order.
    pub keys: Vec<MetricKey>,
    /// The currency that amounts are in.
    pub currency: Currency,
}

/// Puts the dashboard together. `derived` has to cover 18 months and three windows.
pub fn dashboard(observations: &Observations, derived: &Derived, request: &DashboardRequest) -> Dashboard {
    let bridge = bridge(observations, request.window.ending(request.month), request.currency);
    Dashboard {
        month: request.month,
        window: request.window,
        figures: request.keys.iter().map(|key| key_figure(derived, *key, request)).collect(),
        attention: attention::attention(derived, &bridge, request),
        bridge,
    }
}

/// The change from one window to the next, judged by the aim of the metric.
pub fn change(key: MetricKey, against: Month, before: f64, after: f64) -> Change {
    let metric = key.metric();
    let is_amount = metric.unit.is_money() || metric.unit == Unit::Count;
    Change {
        against,
        before,
        absolute: after - before,
        relative: (is_amount && before > 0.0).then(|| after / before - 1.0),
        judgement: judge(metric, before, after),
    }
}

fn key_figure(derived: &Derived, key: MetricKey, request: &DashboardRequest) -> KeyFigure {
    let metric = key.metric();
    let against = request.window.before(request.month);
    let value = rollup(derived, key, request.window, request.month);
    let before = rollup(derived, key, request.window, against).known();
    let months = MonthRange::ending(request.month, SPARKLINE_MONTHS);
    KeyFigure {
        key,
        label: metric.label.to_owned(),
        short_label: metric.short_label.to_owned(),
        unit: metric.unit,
        change: before.zip(value.known()).map(|(before, after)| change(key, against, before, after)),
        value,
        provenance: derived
            .get(key, request.month)
            .map_or(Provenance::Unreported, |found| found.provenance.clone()),
        sparkline: months
            .iter()
            .map(|month| SparkPoint { month, value: derived.known(key, month) })
            .collect(),
    }
}

fn judge(metric: &Metric, before: f64, after: f64) -> Judgement {
    if !is_noticeable(metric, before, after) {
        return Judgement::Neutral;
    }
    let (worth_before, worth_after) = match metric.aim {
        Aim::Direction(Direction::High) => (before, after),
        Aim::Direction(Direction::Low) => (-before, -after),
        Aim::Direction(Direction::Context) => return Judgement::Neutral,
        Aim::Range { low, high } => (-distance(before, low, high), -distance(after, low, high)),
    };
    match worth_after.total_cmp(&worth_before) {
        std::cmp::Ordering::Greater => Judgement::Better,
        std::cmp::Ordering::Less => Judgement::Worse,
        std::cmp::Ordering::Equal => Judgement::Neutral,
    }
}

fn is_noticeable(metric: &Metric, before: f64, after: f64) -> bool {
    let size = (after - before).abs();
    if metric.unit.is_share() {
        size >= LEAST_SHARE_CHANGE
    } else {
        size > before.abs() * LEAST_RELATIVE_CHANGE
    }
}

/// How far a value lies outside the range.
fn distance(value: f64, low: f64, high: f64) -> f64 {
    (low - value).max(value - high).max(0.0)
}
