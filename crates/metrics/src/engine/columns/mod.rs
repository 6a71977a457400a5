//! What the columns of an uploaded file seem to hold, judged by their headers and a look at the cells.

mod words;

use std::{cmp::Ordering, collections::BTreeSet, sync::LazyLock};

use kernel::Unit;

use crate::{
    catalogue::MetricKey,
    model::{ColumnRole, Layout, SampleHints, Suggestion},
};
use words::{Header, is_same_word, similarity};

/// Below this, a header is left alone: one foreign word beside one known word is not enough.
const LEAST_SIMILARITY: f64 = 0.72;
/// What a header in other words than the catalogue's is worth at most.
const BEST_SIMILAR: f64 = 0.9;
/// What a header is worth whose unit or remark had to be ignored.
const WITHOUT_REMARK: f64 = 0.95;
/// What cells that are dates are worth under an unknown header.
const DATES_ALONE: f64 = 0.6;

/// Words that make another metric, or none: a header and a synonym must agree on them.
const DECISIVE: &[&str] = &[
    "new",
    "lost",
    "churn",
    "churned",
    "expansion",
    "contraction",
    "reactivation",
    "net",
    "gross",
    "growth",
    "margin",
    "percent",
    "per",
    "average",
    "cost",
    "ratio",
    "payback",
    "share",
    "change",
    "cumulative",
    "ytd",
    "prior",
    "previous",
    "last",
    "vs",
    "delta",
    "name",
    "id",
    "reason",
    "date",
    "owner",
    "note",
    "comment",
    "win",
    "won",
    "cancelled",
    "annual",
    "raised",
    "equity",
    "debt",
    "converted",
    "trial",
    "daily",
    "tax",
    "profit",
    "free",
    "trialing",
];

/// Words of columns that hold no actual figures.
const PLANNED: &[&str] = &[
    "target",
    "budget",
    "forecast",
    "plan",
    "planned",
    "goal",
    "quota",
    "projected",
    "projection",
    "expected",
    "scenario",
    "ziel",
    "prognose",
    "soll",
    "objectif",
    "prevision",
    "presupuesto",
    "objetivo",
];

const PERIOD: &[&str] = &[
    "month",
    "period",
    "date",
    "reporting month",
    "reporting period",
    "reporting date",
    "month end",
    "month ending",
    "period end",
    "period ending",
    "year month",
    "month year",
    "fiscal month",
    "fiscal period",
    "calendar month",
    "as of",
    "as of date",
    "yyyy mm",
    "yyyymm",
    "quarter",
    "timestamp",
    "Monat",
    "Datum",
    "Zeitraum",
    "Periode",
    "Stichtag",
    "Jahr Monat",
    "Berichtsmonat",
    "mois",
    "période",
    "date de fin",
    "mes",
    "fecha",
    "periodo",
];
const METRIC_NAME: &[&str] = &[
    "metric",
    "metrics",
    "metric name",
    "metric key",
    "KPI",
    "KPI name",
    "measure",
    "indicator",
    "line item",
    "Kennzahl",
    "Metrik",
    "indicateur",
    "métrica",
    "métrique",
    "indicador",
];
const METRIC_VALUE: &[&str] = &[
    "value",
    "metric value",
    "KPI value",
    "amount",
    "figure",
    "Wert",
    "Betrag",
    "valeur",
    "montant",
    "valor",
    "importe",
];

static SYNONYMS: LazyLock<Vec<(MetricKey, Header)>> = LazyLock::new(|| {
    let names = MetricKey::all().flat_map(|key| names(key).map(move |name| (key, name)));
    // Keys come last: a column called "burn" holds the burn of the month, not the key `burn`, its three-month mean.
    let keys = MetricKey::all().map(|key| (key, key.as_str()));
    names.chain(keys).map(|(key, name)| (key, Header::new(name))).collect()
});

static ROLES: LazyLock<Vec<(ColumnRole, BTreeSet<String>)>> = LazyLock::new(|| {
    let roles = [
        (ColumnRole::Period, PERIOD),
        (ColumnRole::MetricName, METRIC_NAME),
        (ColumnRole::MetricValue, METRIC_VALUE),
    ];
    let words = |(role, headers): (ColumnRole, &'static [&'static str])| {
        headers.iter().map(move |header| (role, Header::new(header).words))
    };
    roles.into_iter().flat_map(words).collect()
});

/// What people call a column of the metric.
pub(crate) fn names(key: MetricKey) -> impl Iterator<Item = &'static str> {
    let metric = key.metric();
    [metric.label, metric.short_label].into_iter().chain(metric.synonyms())
}

/// What a single column seems to hold; `None` if that is anybody's guess.
pub fn suggest(header: &str, hints: SampleHints) -> Option<Suggestion> {
    let header = Header::new(header);
    let (role, confidence) = role(&header, hints)?;
    let is_scaled = matches!(role, ColumnRole::Metric(key) if can_be_scaled(key));
    let is_turned = matches!(role, ColumnRole::Metric(key) if key.metric().is_deduction);
    Some(Suggestion {
        role,
        confidence,
        is_sign_turned: is_turned && hints.is_all_negative,
        scale: if is_scaled { header.scale } else { 1.0 },
    })
}

/// What the columns of one file seem to hold. No role is given twice: the surest column keeps it.
pub fn suggest_all(columns: &[(&str, SampleHints)]) -> Vec<Option<Suggestion>> {
    let proposals: Vec<Option<Suggestion>> =
        columns.iter().map(|(header, hints)| suggest(header, *hints)).collect();
    let has_names = proposals.iter().flatten().any(|proposal| proposal.role == ColumnRole::MetricName);
    let is_kept = |(i, proposal): (usize, &Option<Suggestion>)| {
        let proposal = (*proposal)?;
        let is_beaten = proposals.iter().enumerate().any(|(j, other)| {
            let rival = other.filter(|other| i != j && other.role == proposal.role);
            rival.is_some_and(|rival| match rival.confidence.total_cmp(&proposal.confidence) {
                Ordering::Greater => true,
                Ordering::Equal => j < i,
                Ordering::Less => false,
            })
        });
        // "Amount" means something only beside a column that names the metric.
        let is_stray = proposal.role == ColumnRole::MetricValue && !has_names;
        (!is_beaten && !is_stray).then_some(proposal)
    };
    proposals.iter().enumerate().map(is_kept).collect()
}

/// How the columns belong together.
pub fn layout(columns: &[Option<Suggestion>]) -> Layout {
    let has = |role| columns.iter().flatten().any(|column| column.role == role);
    match (has(ColumnRole::Period), has(ColumnRole::MetricName) && has(ColumnRole::MetricValue)) {
        (false, _) => Layout::WithoutPeriod,
        (true, true) => Layout::Long,
        (true, false) => Layout::Wide,
    }
}

/// What numbers read from a column tell about it.
pub fn sample_hints(numbers: &[f64]) -> SampleHints {
    let mut others = numbers.iter().filter(|number| **number != 0.0).peekable();
    let is_all_negative = others.peek().is_some() && others.all(|number| *number < 0.0);
    SampleHints { is_numeric: Some(!numbers.is_empty()), is_date: None, is_all_negative }
}

/// The value as it is stored: losses and costs that a file carries as negative become positive.
pub fn normalise_sign(value: f64, is_sign_turned: bool) -> f64 {
    // Adding 0 turns −0 into 0.
    if is_sign_turned { -value + 0.0 } else { value }
}

fn role(header: &Header, hints: SampleHints) -> Option<(ColumnRole, f64)> {
    let named = ROLES.iter().find(|(_, words)| *words == header.words || *words == header.outside);
    let metric =
        if hints.is_numeric == Some(false) || hints.is_date == Some(true) { None } else { metric(header) };
    match (named, metric) {
        (Some((role, _)), _) => Some((*role, 1.0)),
        (None, Some((key, confidence))) => Some((ColumnRole::Metric(key), confidence)),
        (None, None) => (hints.is_date == Some(true)).then_some((ColumnRole::Period, DATES_ALONE)),
    }
}

fn metric(header: &Header) -> Option<(MetricKey, f64)> {
    if header.words.iter().any(|word| PLANNED.contains(&word.as_str())) {
        return None;
    }
    exact(header).or_else(|| similar(&header.words))
}

/// The header word for word, then without its remark in parentheses, then without its per-cent sign.
fn exact(header: &Header) -> Option<(MetricKey, f64)> {
    // "Cost of sales" and "sales cost" differ by their order alone.
    let in_order = SYNONYMS.iter().find(|(_, name)| name.phrase == header.phrase && !name.phrase.is_empty());
    let find = |words: &BTreeSet<String>| {
        SYNONYMS.iter().find(|(_, name)| name.words == *words).map(|(key, _)| *key)
    };
    let is_remark_decisive = header
        .words
        .difference(&header.outside)
        .any(|word| word != "percent" && DECISIVE.contains(&word.as_str()));
    let unremarked = if is_remark_decisive { None } else { Some(&header.outside) };
    let without_percent = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words.iter().filter(|word| *word != "percent").cloned().collect()
    };
    let share =
        |words: &BTreeSet<String>| find(&without_percent(words)).filter(|key| key.metric().unit.is_share());
    let has_percent = header.words.contains("percent");
    in_order
        .map(|(key, _)| *key)
        .or_else(|| find(&header.words))
        .map(|key| (key, 1.0))
        .or_else(|| Some((share(&header.words).filter(|_| has_percent)?, WITHOUT_REMARK)))
        .or_else(|| Some((find(unremarked?).filter(|_| !has_percent)?, WITHOUT_REMARK)))
        .or_else(|| Some((share(unremarked?).filter(|_| has_percent)?, WITHOUT_REMARK)))
}

/// The nearest synonym; `None` if two metrics are equally near.
fn similar(words: &BTreeSet<String>) -> Option<(MetricKey, f64)> {
    let near = |(key, name): &(MetricKey, Header)| {
        let score = similarity(words, &name.words, LEAST_SIMILARITY);
        (score >= LEAST_SIMILARITY && agree_on_decisive_words(words, &name.words)).then_some((*key, score))
    };
    let candidates: Vec<(MetricKey, f64)> = SYNONYMS.iter().filter_map(near).collect();
    let (key, best) = candidates.iter().copied().max_by(|left, right| left.1.total_cmp(&right.1))?;
    let is_ambiguous = candidates.iter().any(|(other, score)| *other != key && *score >= best);
    (!is_ambiguous).then_some((key, best * BEST_SIMILAR))
}

fn agree_on_decisive_words(left: &BTreeSet<String>, right: &BTreeSet<String>) -> bool {
    let differs = |from: &BTreeSet<String>, to: &BTreeSet<String>| {
        let mut decisive = from.iter().filter(|word| DECISIVE.contains(&word.as_str()));
        decisive.any(|word| !to.iter().any(|other| is_same_word(word, other)))
    };
    !differs(left, right) && !differs(right, left)
}

fn can_be_scaled(key: MetricKey) -> bool {
    let unit = key.metric().unit;
    unit.is_money() || unit == Unit::Count
}
