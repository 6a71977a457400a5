//! The MRR bridge: MRR at the end must be MRR at the start plus what was won minus what was lost.

use kernel::{Currency, Month};

use crate::{
    catalogue::MetricKey,
    model::{Bridge, Cell, MonthRange, Observations},
};

/// Part of MRR that a gap may be before it counts: five thousandths of a per cent, about what whole-dollar figures
/// lose by rounding.
const RELATIVE_TOLERANCE: f64 = 0.000_05;
const MOVEMENTS: f64 = 5.0;
const ENDS: f64 = 2.0;

/// The bridge over `months`. It closes if the gap of the whole stretch and of each month is within rounding: half a
/// minor unit for every figure involved, or 0.005 % of the larger end, whichever is more.
pub fn bridge(observations: &Observations, months: MonthRange, currency: Currency) -> Bridge {
    let mut bridge = sums(observations, months);
    bridge.gap = gap(&bridge).map(|gap| rounded(gap, currency));
    bridge.tolerance = tolerance(&bridge, currency);
    bridge.monthly_gaps = months.iter().filter_map(|month| open_gap(observations, month, currency)).collect();
    bridge.closes = bridge.gap.map(|gap| gap.abs() <= bridge.tolerance && bridge.monthly_gaps.is_empty());
    bridge
}

fn sums(observations: &Observations, months: MonthRange) -> Bridge {
    let is_reactivation_in_new = !observations.is_tracked(MetricKey::MRR_REACTIVATED);
    let mut missing = Vec::new();
    let mut point = |key, month| {
        let value = observations.get(key, month);
        if value.is_none() {
            missing.push(Cell { key, month });
        }
        value
    };
    let mut total = |key| {
        // Every month is looked at, so that all that is missing gets listed.
        let values: Vec<Option<f64>> = months.iter().map(|month| point(key, month)).collect();
        values.into_iter().sum::<Option<f64>>()
    };
    let new = total(MetricKey::MRR_NEW);
    let reactivated = if is_reactivation_in_new { None } else { total(MetricKey::MRR_REACTIVATED) };
    let expansion = total(MetricKey::MRR_EXPANSION);
    let contraction = total(MetricKey::MRR_CONTRACTION);
    let churned = total(MetricKey::MRR_CHURNED);
    let start = point(MetricKey::MRR, months.first.plus(-1));
    let end = point(MetricKey::MRR, months.last);
    missing.sort_unstable();
    Bridge {
        months,
        start,
        new,
        reactivated,
        expansion,
        contraction,
        churned,
        end,
        gap: None,
        closes: None,
        tolerance: 0.0,
        monthly_gaps: Vec::new(),
        is_reactivation_in_new,
        missing,
    }
}

fn gap(bridge: &Bridge) -> Option<f64> {
    let reactivated = if bridge.is_reactivation_in_new { Some(0.0) } else { bridge.reactivated };
    let won = bridge.new? + reactivated? + bridge.expansion?;
    let lost = bridge.contraction? + bridge.churned?;
    Some(bridge.end? - (bridge.start? + won - lost))
}

fn tolerance(bridge: &Bridge, currency: Currency) -> f64 {
    let months = f64::from(bridge.months.last.since(bridge.months.first) + 1);
    let rounding = (MOVEMENTS * months + ENDS) * minor_unit(currency) / 2.0;
    let larger_end = bridge.start.unwrap_or(0.0).abs().max(bridge.end.unwrap_or(0.0).abs());
    rounding.max(larger_end * RELATIVE_TOLERANCE)
}

fn open_gap(observations: &Observations, month: Month, currency: Currency) -> Option<(Month, f64)> {
    let single = sums(observations, MonthRange::new(month, month));
    let gap = rounded(gap(&single)?, currency);
    (gap.abs() > tolerance(&single, currency)).then_some((month, gap))
}

fn minor_unit(currency: Currency) -> f64 {
    10_f64.powi(-currency.minor_digits().cast_signed())
}

/// To whole minor units: sums of decimals leave dust that is no gap.
fn rounded(amount: f64, currency: Currency) -> f64 {
    let scale = 10_f64.powi(currency.minor_digits().cast_signed());
    // Adding 0 turns the −0 that rounding can leave into 0.
    (amount * scale).round() / scale + 0.0
}
