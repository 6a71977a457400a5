//! Periods, units and gaps in words.

use kernel::{Currency, Direction, Figure, Month, Unit, delta, figure};
use metrics::{
    MetricKey,
    catalogue::{Aim, Metric, Rollup, Standing},
    engine::enumerated,
    model::{Cell, Change, ShownCurrency, Value, Window},
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const QUARTERS: [&str; 4] = ["First", "Second", "Third", "Fourth"];
/// A bound of the catalogue from which on it says "any".
const ANY_AMOUNT: f64 = 1.0e13;

/// `September 2026`.
pub(crate) fn month_words(month: Month) -> String {
    format!("{} {}", at(&MONTHS, month.month()), month.year())
}

/// The window in words: `Third quarter 2026`, `Three months to August 2026`.
pub(crate) fn period_words(window: Window, last: Month) -> String {
    match window {
        Window::Month => month_words(last),
        Window::Quarter if last.month().is_multiple_of(3) => {
            format!("{} quarter {}", at(&QUARTERS, last.month() / 3), last.year())
        }
        Window::Quarter => format!("Three months to {}", month_words(last)),
        Window::Year if last.month() == 12 => format!("The year {}", last.year()),
        Window::Year => format!("Twelve months to {}", month_words(last)),
    }
}

/// What a change is measured against: `vs Q2`, `vs Aug`.
pub(crate) fn against_words(window: Window, last: Month) -> String {
    match window {
        Window::Month => format!("vs {}", last.short_name()),
        Window::Quarter if last.month().is_multiple_of(3) => format!("vs Q{}", last.month() / 3),
        Window::Quarter => format!("vs 3 mo to {}", last.short_name()),
        Window::Year if last.month() == 12 => format!("vs {}", last.year()),
        Window::Year => format!("vs year to {}", last.label()),
    }
}

/// The window inside a sentence: "this quarter", "the three months to August".
pub(crate) fn within_words(window: Window, last: Month) -> String {
    match window {
        Window::Month => format!("in {}", at(&MONTHS, last.month())),
        Window::Quarter if last.month().is_multiple_of(3) => "in the quarter".to_owned(),
        Window::Quarter => format!("in the three months to {}", at(&MONTHS, last.month())),
        Window::Year => "in the year".to_owned(),
    }
}

/// Which months the value of a tile stands for, where that is not its last month.
pub(crate) fn span_words(metric: &Metric, window: Window) -> Option<String> {
    let is_taken_together = matches!(metric.rollup, Rollup::Sum | Rollup::Ratio);
    match window {
        _ if metric.unit == Unit::SharePerMonth => Some("monthly".to_owned()),
        Window::Quarter | Window::Year if is_taken_together => Some(format!("{} mo", window.months())),
        _ => None,
    }
}

/// A change as a tile shows it: amounts by per cent, shares by points, the rest by its own unit.
pub(crate) fn change_figure(change: &Change, unit: Unit, currency: Currency) -> Figure {
    let Some(relative) = change.relative else { return delta(change.absolute, unit, currency) };
    let mut shown = figure(relative, Unit::Share, currency);
    let is_growth = relative > 0.0 && shown.number.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
    if is_growth {
        shown.number.insert(0, '+');
    }
    shown
}

/// What has to be reported first: "needs S&M cost".
pub(crate) fn needs(inputs: &[Cell]) -> String {
    format!("needs {}", enumerated(&distinct_keys(inputs)))
}

/// The metrics of some cells, each once.
pub(crate) fn distinct_keys(cells: &[Cell]) -> Vec<MetricKey> {
    let mut keys: Vec<MetricKey> = cells.iter().map(|cell| cell.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A value as it is shown: the figure, or nothing.
pub(crate) fn shown(value: &Value, unit: Unit, currency: Currency) -> Option<Figure> {
    value.known().map(|number| figure(number, unit, currency))
}

/// "in US dollars".
pub(crate) fn currency_words(currency: Currency) -> String {
    match currency {
        Currency::Eur => "euros".to_owned(),
        Currency::Gbp => "pounds sterling".to_owned(),
        Currency::Sek => "Swedish kronor".to_owned(),
        Currency::Nok => "Norwegian kroner".to_owned(),
        Currency::Dkk => "Danish kroner".to_owned(),
        Currency::Czk => "Czech koruny".to_owned(),
        Currency::Brl => "Brazilian reais".to_owned(),
        Currency::Pln | Currency::Jpy => currency.name().to_owned(),
        _ => format!("{}s", currency.name()),
    }
}

/// How amounts came into the currency shown; nothing where they were reported in it.
pub(crate) fn conversion_words(shown: &ShownCurrency) -> Option<String> {
    let source = shown.converted_by.as_ref()?;
    Some(format!("Converted at one fixed rate for all months: {source}."))
}

/// What a metric is measured in.
pub(crate) fn unit_words(unit: Unit, currency: Currency) -> String {
    match unit {
        Unit::Money => capitalised(&currency_words(currency)),
        Unit::MoneyPerMonth => format!("{} per month", capitalised(&currency_words(currency))),
        Unit::MoneyPerYear => format!("{} per year", capitalised(&currency_words(currency))),
        Unit::Share => "Per cent".to_owned(),
        Unit::SharePerMonth => "Per cent per month".to_owned(),
        Unit::Times => "Times".to_owned(),
        Unit::Months => "Months".to_owned(),
        Unit::Count => "A number".to_owned(),
        Unit::Points => "Points".to_owned(),
    }
}

/// Which way is better.
pub(crate) fn aim_words(metric: &Metric, currency: Currency) -> String {
    match metric.aim {
        Aim::Direction(Direction::High) => "More is better".to_owned(),
        Aim::Direction(Direction::Low) => "Less is better".to_owned(),
        Aim::Direction(Direction::Context) => "Neither way is better by itself".to_owned(),
        Aim::Range { low, high } => format!(
            "Best between {} and {}",
            figure(low, metric.unit, currency),
            figure(high, metric.unit, currency)
        ),
    }
}

/// Which values are possible at all.
pub(crate) fn range_words(metric: &Metric, currency: Currency) -> String {
    let shown = |bound| figure(bound, metric.unit, currency);
    let (least, most) = (metric.valid.least, metric.valid.most);
    match (least <= -ANY_AMOUNT, most >= ANY_AMOUNT) {
        (true, true) => "Any value".to_owned(),
        (true, false) => format!("Up to {}", shown(most)),
        (false, true) => format!("{} or more", shown(least)),
        (false, false) => format!("From {} to {}", shown(least), shown(most)),
    }
}

/// Where a company without the figure stands among its peers.
pub(crate) fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Worst => "Companies without the figure rank behind everyone who has it.",
        Standing::Best => "Companies without the figure rank ahead of everyone who has it.",
        Standing::Unranked => "Companies without the figure are left out of rankings.",
    }
}

/// The metrics that a formula names, each once, in order of appearance.
pub(crate) fn metrics_in(formula: &str) -> Vec<MetricKey> {
    let mut keys = Vec::new();
    for word in formula.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        if let Some(key) = MetricKey::parse(word).filter(|key| !keys.contains(key)) {
            keys.push(key);
        }
    }
    keys
}

/// Whether the metric is what somebody looks for by that word: its name, its key or a synonym.
pub(crate) fn is_found(metric: &Metric, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let mut names = [metric.label, metric.short_label, metric.key].into_iter().chain(metric.synonyms());
    wanted.is_empty() || names.any(|name| name.to_lowercase().contains(&wanted))
}

fn at<'a>(names: &[&'a str], number: u32) -> &'a str {
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    place.and_then(|place| names.get(place)).copied().unwrap_or_default()
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use kernel::THIN_SPACE;
    use metrics::model::Judgement;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn plain(figure: &Figure) -> String {
        figure.to_string().replace(THIN_SPACE, " ")
    }

    #[test]
    fn periods_are_named_as_people_name_them() {
        let words = |window, last| period_words(window, month(last));
        assert_eq!(words(Window::Quarter, "2026-09"), "Third quarter 2026");
        assert_eq!(words(Window::Quarter, "2026-08"), "Three months to August 2026");
        assert_eq!(words(Window::Month, "2026-01"), "January 2026");
        assert_eq!(words(Window::Year, "2025-12"), "The year 2025");
        assert_eq!(words(Window::Year, "2026-09"), "Twelve months to September 2026");
        let against = |window, last| against_words(window, month(last));
        assert_eq!(against(Window::Quarter, "2026-06"), "vs Q2");
        assert_eq!(against(Window::Quarter, "2026-05"), "vs 3 mo to May");
        assert_eq!(against(Window::Month, "2026-08"), "vs Aug");
        assert_eq!(against(Window::Year, "2025-09"), "vs year to Sep 2025");
    }

    #[test]
    fn amounts_change_by_per_cent_and_shares_by_points() {
        let change = |absolute, relative| Change {
            against: month("2026-06"),
            before: 1.0,
            absolute,
            relative,
            judgement: Judgement::Better,
        };
        let shown = |absolute, relative, unit| {
            plain(&change_figure(&change(absolute, relative), unit, Currency::Usd))
        };
        assert_eq!(shown(139_000.0, Some(0.0612), Unit::MoneyPerYear), "+6.1 %");
        assert_eq!(shown(-139_000.0, Some(-0.0612), Unit::MoneyPerYear), "−6.1 %");
        assert_eq!(shown(1.0, Some(0.000_01), Unit::Count), "0 %");
        assert_eq!(shown(-0.008, None, Unit::Share), "−0.8 pts");
        assert_eq!(shown(3.0, None, Unit::Months), "+3 mo");
    }

    #[test]
    fn gaps_say_what_would_fill_them() {
        let cell = |key, at: &str| Cell { key, month: month(at) };
        let headcount = [cell(MetricKey::HEADCOUNT, "2026-07"), cell(MetricKey::HEADCOUNT, "2026-08")];
        assert_eq!(needs(&headcount), "needs headcount");
        assert_eq!(needs(&[cell(MetricKey::MRR, "2026-07"), headcount[0]]), "needs headcount and MRR");
    }

    #[test]
    fn the_catalogue_is_put_in_words() {
        for key in MetricKey::all() {
            let metric = key.metric();
            for words in [
                unit_words(metric.unit, Currency::Usd),
                aim_words(metric, Currency::Usd),
                range_words(metric, Currency::Usd),
            ] {
                assert!(
                    words.starts_with(char::is_uppercase) || words.contains(char::is_numeric),
                    "{key}: {words}"
                );
            }
            assert!(
                is_found(metric, metric.label) && is_found(metric, &metric.short_label.to_uppercase()),
                "{key}"
            );
        }
        assert_eq!(range_words(MetricKey::MRR.metric(), Currency::Usd), "$0 or more");
        assert!(!is_found(MetricKey::MRR.metric(), "headcount"));
    }

    #[test]
    fn formulas_name_their_metrics() {
        let keys = metrics_in("prev(sum(sm_cost, 3), 3) / positive(sum(mrr_new, 3) * avg(gm, 3))");
        let names: Vec<&str> = keys.into_iter().map(MetricKey::as_str).collect();
        assert_eq!(names, ["sm_cost", "mrr_new", "gm"]);
    }
}
