//! What deserves a look. Each finding is a rule over figures; nothing is guessed.

use kernel::{Currency, Month, Unit, figure};

use super::{DashboardRequest, change, rollup};
use crate::{
    catalogue::{MetricKey, Standing},
    engine::{Expression, formula},
    model::{Attention, AttentionKind, Bridge, Derived, Judgement, MonthRange, Value},
};

/// A runway below this many months deserves a look: a round takes about as long.
const SHORT_RUNWAY_MONTHS: f64 = 6.0;
/// Over two windows, a share has to change by a point, anything else by a twentieth.
const LEAST_SHARE_TREND: f64 = 0.01;
const LEAST_RELATIVE_TREND: f64 = 0.05;
/// How far back missing months are looked for.
const COMPLETE_MONTHS: i32 = 12;

const NUMBER_WORDS: [&str; 13] =
    ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];

/// All findings, most urgent kind first, within a kind in the order of the key figures.
pub(super) fn attention(derived: &Derived, bridge: &Bridge, request: &DashboardRequest) -> Vec<Attention> {
    let mut found: Vec<Attention> = short_runway(derived, request).into_iter().collect();
    found.extend(bridge_gaps(bridge, request.currency));
    found.extend(request.keys.iter().filter_map(|key| no_meaning(derived, *key, request)));
    found.extend(request.keys.iter().filter_map(|key| worsening(derived, *key, request)));
    found.extend(missing_months(derived, request));
    found
}

fn short_runway(derived: &Derived, request: &DashboardRequest) -> Option<Attention> {
    let months =
        derived.known(MetricKey::RUNWAY, request.month).filter(|months| *months < SHORT_RUNWAY_MONTHS)?;
    Some(Attention {
        kind: AttentionKind::ShortRunway,
        key: MetricKey::RUNWAY,
        month: request.month,
        headline: format!("Runway is down to {}", in_words(months, Unit::Months, request.currency)),
        detail: "Cash lasts that long at the net burn of the last three months".to_owned(),
    })
}

fn bridge_gaps(bridge: &Bridge, currency: Currency) -> Vec<Attention> {
    let mut gaps: Vec<(Month, f64, String)> = bridge
        .monthly_gaps
        .iter()
        .map(|(month, gap)| (*month, *gap, format!("in {}", month.label())))
        .collect();
    if let (true, Some(gap), Some(false)) = (gaps.is_empty(), bridge.gap, bridge.closes) {
        gaps.push((bridge.months.last, gap, format!("over {}", bridge.months.label())));
    }
    let finding = |(month, gap, place): (Month, f64, String)| Attention {
        kind: AttentionKind::BridgeGap,
        key: MetricKey::MRR,
        month,
        headline: format!("MRR bridge has a gap of {} {place}", figure(gap.abs(), Unit::Money, currency)),
        detail: format!(
            "MRR ended {} than its start and movements add up to. Look for a movement that is missing or counted twice",
            if gap > 0.0 { "higher" } else { "lower" }
        ),
    };
    gaps.into_iter().map(finding).collect()
}

fn no_meaning(derived: &Derived, key: MetricKey, request: &DashboardRequest) -> Option<Attention> {
    let Value::Undefined { reason } = rollup(derived, key, request.window, request.month) else {
        return None;
    };
    (reason.standing() == Standing::Worst).then(|| Attention {
        kind: AttentionKind::NoMeaning,
        key,
        month: request.month,
        headline: reason.sentence().to_owned(),
        detail: format!("{}: {}", key.metric().label, key.metric().null_rule.rule),
    })
}

/// Worse than the window before, which was worse than the one before it, and by an amount that matters.
fn worsening(derived: &Derived, key: MetricKey, request: &DashboardRequest) -> Option<Attention> {
    let (metric, window) = (key.metric(), request.window);
    let (middle, first) = (window.before(request.month), window.before(window.before(request.month)));
    let known = |month| rollup(derived, key, window, month).known();
    let (oldest, older, now) = (known(first)?, known(middle)?, known(request.month)?);
    let is_worse = |before, after| change(key, middle, before, after).judgement == Judgement::Worse;
    let least = if metric.unit.is_share() { LEAST_SHARE_TREND } else { oldest.abs() * LEAST_RELATIVE_TREND };
    if !(is_worse(oldest, older) && is_worse(older, now) && (now - oldest).abs() >= least) {
        return None;
    }
    let words = |value| in_words(value, metric.unit, request.currency);
    let verb = if now > oldest { "rose" } else { "fell" };
    Some(Attention {
        kind: AttentionKind::Worsening,
        key,
        month: request.month,
        headline: format!("{} {verb} to {}", metric.label, words(now)),
        detail: format!(
            "Two {}s in a row: {}, {}, {}",
            window.noun(),
            words(oldest),
            words(older),
            words(now)
        ),
    })
}

/// Months of the last year that lack a figure which the company reports otherwise and a key figure needs. Figures that
/// lack the same months make one finding.
fn missing_months(derived: &Derived, request: &DashboardRequest) -> Vec<Attention> {
    let mut inputs: Vec<MetricKey> = Vec::new();
    for key in &request.keys {
        collect_inputs(derived, *key, &mut inputs);
    }
    let mut groups: Vec<(Vec<Month>, Vec<MetricKey>)> = Vec::new();
    for key in inputs {
        let months = months_without(derived, key, request.month);
        match groups.iter_mut().find(|(known, _)| *known == months) {
            Some((_, keys)) => keys.push(key),
            None => groups.push((months, vec![key])),
        }
    }
    groups.iter().filter_map(|(months, keys)| missing_finding(derived, months, keys, request)).collect()
}

/// The months of the year to `last` without the figure, from the first month that has it.
fn months_without(derived: &Derived, key: MetricKey, last: Month) -> Vec<Month> {
    let is_known = |month: &Month| derived.known(key, *month).is_some();
    let Some(first_known) = derived.months().iter().find(is_known) else { return Vec::new() };
    let year = MonthRange::ending(last, COMPLETE_MONTHS);
    year.iter().filter(|month| *month > first_known && !is_known(month)).collect()
}

fn missing_finding(
    derived: &Derived,
    months: &[Month],
    keys: &[MetricKey],
    request: &DashboardRequest,
) -> Option<Attention> {
    let (key, last) = (*keys.first()?, *months.last()?);
    let count = NUMBER_WORDS.get(months.len()).copied().unwrap_or("Many");
    let verb = if months.len() == 1 { "month has" } else { "months have" };
    let names: Vec<String> = months.iter().map(|month| month.label()).collect();
    let needs = |figure: MetricKey| {
        let mut inputs = Vec::new();
        collect_inputs(derived, figure, &mut inputs);
        !keys.contains(&figure) && inputs.iter().any(|input| keys.contains(input))
    };
    let needing: Vec<MetricKey> = request.keys.iter().copied().filter(|figure| needs(*figure)).collect();
    let purpose =
        if needing.is_empty() { String::new() } else { format!(". Needed for {}", enumerated(&needing)) };
    Some(Attention {
        kind: AttentionKind::MissingMonths,
        key,
        month: last,
        headline: format!("{count} {verb} no {}", enumerated(keys)),
        detail: format!("{}{purpose}", names.join(", ")),
    })
}

/// Metrics inside a sentence: "MRR", "MRR and cash", "MRR, cash and 3 more".
pub fn enumerated(keys: &[MetricKey]) -> String {
    let name = |key: &MetricKey| in_sentence(key.metric().short_label);
    match keys {
        [] => String::new(),
        [only] => name(only),
        [first, second] => format!("{} and {}", name(first), name(second)),
        [first, second, third] => format!("{}, {} and {}", name(first), name(second), name(third)),
        [first, second, rest @ ..] => format!("{}, {} and {} more", name(first), name(second), rest.len()),
    }
}

/// The reported metrics that `key` rests on; what is reported itself rests on nothing.
fn collect_inputs(derived: &Derived, key: MetricKey, inputs: &mut Vec<MetricKey>) {
    if derived.is_tracked(key) {
        if !inputs.contains(&key) {
            inputs.push(key);
        }
        return;
    }
    for input in formula(key).map(Expression::inputs).unwrap_or_default() {
        collect_inputs(derived, input, inputs);
    }
}

/// A figure inside a sentence: months are spelled out.
fn in_words(value: f64, unit: Unit, currency: Currency) -> String {
    let shown = figure(value, unit, currency);
    match unit {
        Unit::Months if shown.number == "1" => "1 month".to_owned(),
        Unit::Months => format!("{} months", shown.number),
        _ => shown.to_string(),
    }
}

/// A label inside a sentence: "Headcount" becomes "headcount", "MRR" and "ARR per employee" stay.
fn in_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_well_inside_a_sentence() {
        assert_eq!(in_sentence("Headcount"), "headcount");
        assert_eq!(in_sentence("ARR per employee"), "ARR per employee");
        assert_eq!(in_words(1.0, Unit::Months, Currency::Usd), "1 month");
    }
}
