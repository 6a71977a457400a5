//! A published figure beside a company's own value, ready to show.

use serde::{Deserialize, Serialize};

use super::RevenueRange;

/// One value a source gives, with its name: `the median`, `the 75th percentile`, `“great”`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedMark {
    /// What it is, with the right as the better side: in less-is-better metrics percentiles count from the worst.
    pub name: String,
    /// Its value, in the unit of the metric.
    pub value: f64,
}

/// How a source gives its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// As they are.
    Exact,
    /// Roughly.
    About,
    /// As an edge that the true value exceeds.
    MoreThan,
}

/// Between which published values a value lies; never an interpolated percentile nobody published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Beyond the last published value, on the better side (for metrics without a better side: higher).
    Above(String),
    /// Exactly on a published value.
    At(String),
    /// Between two published values, the worse first.
    Between(String, String),
    /// Beyond the last published value, on the worse side (for metrics without a better side: lower).
    Below(String),
    /// The source gives only an edge beyond which the figure lies.
    Unplaced,
}

impl Placement {
    /// The words for people: `between the median and the 75th percentile`.
    pub fn words(&self) -> String {
        match self {
            Self::Above(mark) => format!("above {mark}"),
            Self::At(mark) => format!("at {mark}"),
            Self::Between(worse, better) => format!("between {worse} and {better}"),
            Self::Below(mark) => format!("below {mark}"),
            Self::Unplaced => "the source gives only an edge, so this cannot be placed".to_owned(),
        }
    }
}

/// A published figure with everything a reader needs to judge it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedReference {
    /// The key of the metric.
    pub metric: String,
    /// Who published it, which edition, and through whom it was read.
    pub source: String,
    /// When it was published, if the source says so.
    pub published: Option<u16>,
    /// The year the figures describe, if the source says so.
    pub figure_year: Option<u16>,
    /// How many companies stand behind this figure, if the source says so.
    pub companies: Option<u32>,
    /// Who these companies are, with their segment.
    pub population: String,
    /// Their yearly revenue.
    pub revenue: RevenueRange,
    /// What the source measures.
    pub definition: String,
    /// Whether that is what this product measures under the same name.
    pub is_same_definition: bool,
    /// Whether it was read in somebody else's account of the source.
    pub is_secondary: bool,
    /// Whether it was computed here, from the data set named as the source.
    pub is_computed_here: bool,
    /// How the source gives the values.
    pub precision: Precision,
    /// The published values, from the worst to the best.
    pub marks: Vec<PublishedMark>,
    /// Where the company's own value lies among them.
    pub placement: Option<Placement>,
}
