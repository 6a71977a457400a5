//! What the metrics mean and how they were compared, for the last pages.

use benchmarks::{engine::MAY_NOT_SINGLE_OUT, model::StandingView};
use stats::gate::{DECILE_PEERS, MEDIAN_PEERS, QUARTILE_PEERS};

use crate::document::{Definition, MethodSection};

/// Every metric of the report, from the catalogue.
pub(super) fn definitions(standing: &StandingView) -> Vec<Definition> {
    let rows = standing.groups.iter().flat_map(|group| &group.rows);
    rows.map(|row| {
        let metric = row.key.metric();
        Definition {
            label: metric.label.to_owned(),
            formula: metric.formula.unwrap_or("reported by the company").to_owned(),
            words: metric.words.to_owned(),
            pitfall: Some(metric.pitfall.to_owned()).filter(|pitfall| !pitfall.is_empty()),
        }
    })
    .collect()
}

/// The rules of the comparison, with the constants the code runs with.
pub(super) fn method() -> Vec<MethodSection> {
    let section = |heading: &str, paragraph: String| MethodSection {
        heading: heading.to_owned(),
        paragraphs: vec![paragraph],
    };
    vec![
        section(
            "Peers",
            "Companies that share their figures are frozen once a quarter, with their newest figures of the last 18 months and one vote each. The snapshot is named on every page.".to_owned(),
        ),
        section(
            "Evidence",
            format!("A median is shown from {MEDIAN_PEERS} peers besides the company, quartiles from {QUARTILE_PEERS}, the 10th and 90th percentile from {DECILE_PEERS}. A group is closed where, beside another, it would single out fewer than {MAY_NOT_SINGLE_OUT} companies."),
        ),
        section(
            "Percentiles and ranks",
            "Percentiles follow Hyndman and Fan, type 7, rounded to three significant digits. The rank is the share of peers below the company, and half of those equal to it; its interval is Wilson’s at 95 %. “Ahead” and “behind” are said only where the interval leaves out 50.".to_owned(),
        ),
        section(
            "Published figures",
            "Medians and percentiles that others have printed, with source and year. A place among them is given only between the printed percentiles.".to_owned(),
        ),
    ]
}
