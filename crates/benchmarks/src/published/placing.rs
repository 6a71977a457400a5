//! Where a value lies among published values, said without inventing a percentile.

use std::cmp::Ordering;

use kernel::Direction;

use super::figure::{Mark, PublishedFigure, Segment};
use crate::model::{Placement, Precision, PublishedMark, PublishedReference};

/// Between which of the published values a value lies; `None` for no marks or a value that is not a number.
///
/// The words count from the worst: where less is better, a value below the smallest quartile is "above the 75th
/// percentile", as everywhere else in the product.
pub fn place(value: f64, marks: &[Mark], direction: Direction) -> Option<Placement> {
    if value.is_nan() {
        return None;
    }
    let ordered = worst_to_best(marks, direction);
    let is_worse =
        |mark: &Mark| if direction == Direction::Low { mark.value() > value } else { mark.value() < value };
    let worse = ordered.iter().rfind(|mark| is_worse(mark)).map(|mark| name(*mark, direction));
    let same = ordered.iter().find(|mark| mark.value().partial_cmp(&value) == Some(Ordering::Equal));
    if let Some(same) = same {
        return Some(Placement::At(name(*same, direction)));
    }
    let better = ordered.iter().find(|mark| !is_worse(mark)).map(|mark| name(*mark, direction));
    match (worse, better) {
        (Some(worse), Some(better)) => Some(Placement::Between(worse, better)),
        (Some(worse), None) => Some(Placement::Above(worse)),
        (None, Some(better)) => Some(Placement::Below(better)),
        (None, None) => None,
    }
}

/// A figure with the company's own value placed in it, ready to show.
pub fn reference(figure: &PublishedFigure, value: Option<f64>, direction: Direction) -> PublishedReference {
    let marks = worst_to_best(figure.marks, direction);
    PublishedReference {
        metric: figure.metric.to_owned(),
        source: figure.source.words(),
        published: figure.source.published,
        figure_year: figure.figure_year,
        companies: figure.companies,
        population: population(figure),
        revenue: figure.revenue,
        definition: figure.definition.to_owned(),
        is_same_definition: figure.is_same_definition,
        is_secondary: figure.source.is_secondary,
        is_computed_here: figure.source.is_computed_here,
        precision: figure.precision,
        marks: marks
            .into_iter()
            .map(|mark| PublishedMark { name: name(mark, direction), value: mark.value() })
            .collect(),
        placement: value.and_then(|value| place_in(figure, value, direction)),
    }
}

fn place_in(figure: &PublishedFigure, value: f64, direction: Direction) -> Option<Placement> {
    let placement = place(value, figure.marks, direction)?;
    let is_beyond_edge =
        figure.precision == Precision::MoreThan && figure.marks.iter().any(|mark| value > mark.value());
    Some(match placement {
        _ if is_beyond_edge => Placement::Unplaced,
        // The true value exceeds the edge, so a value on the edge lies below it.
        Placement::At(mark) if figure.precision == Precision::MoreThan => match direction {
            Direction::Low => Placement::Above(mark),
            Direction::High | Direction::Context => Placement::Below(mark),
        },
        placement => placement,
    })
}

fn population(figure: &PublishedFigure) -> String {
    let range = |lower: Option<f64>, upper: Option<f64>| match (lower, upper) {
        (Some(lower), Some(upper)) => format!("${lower}–{upper}"),
        (Some(lower), None) => format!("over ${lower}"),
        (None, Some(upper)) => format!("under ${upper}"),
        (None, None) => "any amount".to_owned(),
    };
    let people = figure.population;
    match figure.segment {
        Segment::All | Segment::PublicSoftware => people.to_owned(),
        Segment::Industry(industry) => format!("{people}, {}", industry.label().to_lowercase()),
        Segment::Stage(stage) => format!("{people}, {}", stage.inline()),
        Segment::VentureBacked => format!("{people}, venture-backed"),
        Segment::ContractValue(lower, upper) => {
            format!("{people}, contracts of {} a year", range(lower, upper))
        }
        Segment::AccountRevenue(lower, upper) => {
            format!("{people}, {} per account and month", range(lower, upper))
        }
    }
}

fn worst_to_best(marks: &[Mark], direction: Direction) -> Vec<Mark> {
    let mut ordered = marks.to_vec();
    ordered.sort_by(|a, b| a.value().total_cmp(&b.value()));
    if direction == Direction::Low {
        ordered.reverse();
    }
    ordered
}

fn name(mark: Mark, direction: Direction) -> String {
    match (mark, mark.percentile()) {
        (Mark::Named(name, _), _) => name.to_owned(),
        (_, Some(50)) => "the median".to_owned(),
        (_, Some(percentile)) if direction == Direction::Low => {
            format!("the {}th percentile", 100 - percentile)
        }
        (_, percentile) => format!("the {}th percentile", percentile.unwrap_or_default()),
    }
}
