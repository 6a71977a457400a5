//! The record of one published figure.

use crate::model::{Precision, RevenueRange};
use accounts::{Industry, Stage};

/// Who published figures, in which edition.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The publisher, or the data set figures were computed from.
    pub name: &'static str,
    /// The edition, as the source names it.
    pub edition: &'static str,
    /// When it was published, if known.
    pub published: Option<u16>,
    /// Where it was read, if that is not the source itself.
    pub via: Option<&'static str>,
    /// Whether it was read in somebody else's account, so that a slip of theirs would be repeated.
    pub is_secondary: bool,
    /// Whether the figures were computed here from the data set named.
    pub is_computed_here: bool,
}

impl Source {
    /// A source read at first hand, as far as is known.
    pub(super) const fn new(name: &'static str, edition: &'static str, published: Option<u16>) -> Self {
        Self { name, edition, published, via: None, is_secondary: false, is_computed_here: false }
    }

    /// The same source, read elsewhere.
    pub(super) const fn via(self, place: &'static str) -> Self {
        Self { via: Some(place), ..self }
    }

    /// The same source, flagged as a secondary citation.
    pub(super) const fn secondary(self, place: &'static str) -> Self {
        Self { is_secondary: true, ..self.via(place) }
    }

    /// A data set from which figures were computed here.
    pub(super) const fn computed(name: &'static str, edition: &'static str, published: Option<u16>) -> Self {
        Self { is_computed_here: true, ..Self::new(name, edition, published) }
    }

    /// The words for people: `SaaS Capital, 2022 edition, via frill.co`.
    pub fn words(&self) -> String {
        let how = if self.is_computed_here { "computed here from " } else { "" };
        let edition = if self.edition.is_empty() { String::new() } else { format!(", {}", self.edition) };
        let via = self.via.map(|place| format!(", via {place}")).unwrap_or_default();
        format!("{how}{}{edition}{via}", self.name)
    }
}

/// One value a source gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// The 10th percentile, counted from the smallest value.
    P10(f64),
    /// The 25th percentile, counted from the smallest value.
    P25(f64),
    /// The median.
    P50(f64),
    /// The 75th percentile, counted from the smallest value.
    P75(f64),
    /// The 90th percentile, counted from the smallest value.
    P90(f64),
    /// A value the source names without saying which percentile it is.
    Named(&'static str, f64),
}

impl Mark {
    /// The value.
    pub fn value(self) -> f64 {
        match self {
            Self::P10(value)
            | Self::P25(value)
            | Self::P50(value)
            | Self::P75(value)
            | Self::P90(value)
            | Self::Named(_, value) => value,
        }
    }

    /// Which percentile it is, counted from the smallest value.
    pub fn percentile(self) -> Option<u8> {
        match self {
            Self::P10(_) => Some(10),
            Self::P25(_) => Some(25),
            Self::P50(_) => Some(50),
            Self::P75(_) => Some(75),
            Self::P90(_) => Some(90),
            Self::Named(..) => None,
        }
    }
}

/// To which companies a figure is restricted, besides their revenue. Amounts are in US dollars, open where absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// To none.
    All,
    /// One industry.
    Industry(Industry),
    /// One stage.
    Stage(Stage),
    /// Companies with venture capital.
    VentureBacked,
    /// A range of annual contract value.
    ContractValue(Option<f64>, Option<f64>),
    /// A range of revenue per account and month.
    AccountRevenue(Option<f64>, Option<f64>),
    /// Software companies on the stock exchange: an orientation, not peers.
    PublicSoftware,
}

/// A figure somebody published.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedFigure {
    /// The key of the metric.
    pub metric: &'static str,
    /// Who published it.
    pub source: &'static Source,
    /// The year it describes, if the source says so.
    pub figure_year: Option<u16>,
    /// How many companies stand behind this very figure, if the source says so.
    pub companies: Option<u32>,
    /// Who these companies are.
    pub population: &'static str,
    /// Their yearly revenue.
    pub revenue: RevenueRange,
    /// What else restricts them.
    pub segment: Segment,
    /// What the source measures.
    pub definition: &'static str,
    /// Whether that is what the catalogue measures under this key.
    pub is_same_definition: bool,
    /// How the source gives the values.
    pub precision: Precision,
    /// The values.
    pub marks: &'static [Mark],
}

impl PublishedFigure {
    /// A figure about companies of every size, in the definition of the catalogue.
    pub(super) const fn new(
        metric: &'static str,
        definition: &'static str,
        source: &'static Source,
        population: &'static str,
        marks: &'static [Mark],
    ) -> Self {
        Self {
            metric,
            source,
            figure_year: None,
            companies: None,
            population,
            revenue: RevenueRange::ALL,
            segment: Segment::All,
            definition,
            is_same_definition: true,
            precision: Precision::Exact,
            marks,
        }
    }

    /// Restricted to a revenue below an edge, in millions.
    pub(super) const fn under(self, upper: f64) -> Self {
        Self { revenue: RevenueRange { lower: None, upper: Some(upper) }, ..self }
    }

    /// Restricted to a revenue between two edges, in millions.
    pub(super) const fn between(self, lower: f64, upper: f64) -> Self {
        Self { revenue: RevenueRange { lower: Some(lower), upper: Some(upper) }, ..self }
    }

    /// Restricted to a revenue above an edge, in millions.
    pub(super) const fn over(self, lower: f64) -> Self {
        Self { revenue: RevenueRange { lower: Some(lower), upper: None }, ..self }
    }

    /// Restricted in another way.
    pub(super) const fn of(self, segment: Segment) -> Self {
        Self { segment, ..self }
    }

    /// Describing that year.
    pub(super) const fn in_year(self, year: u16) -> Self {
        Self { figure_year: Some(year), ..self }
    }

    /// From so many companies.
    pub(super) const fn from(self, companies: u32) -> Self {
        Self { companies: Some(companies), ..self }
    }

    /// Measured in another way than the catalogue does.
    pub(super) const fn measured_differently(self) -> Self {
        Self { is_same_definition: false, ..self }
    }

    /// Given roughly.
    pub(super) const fn about(self) -> Self {
        Self { precision: Precision::About, ..self }
    }

    /// Given only as an edge that the true value exceeds.
    pub(super) const fn more_than(self) -> Self {
        Self { precision: Precision::MoreThan, ..self }
    }

    /// The newest year the figure names: of its data or else of its publication.
    pub fn year(&self) -> Option<u16> {
        self.figure_year.or(self.source.published)
    }
}
