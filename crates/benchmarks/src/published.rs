//! Published benchmark figures: what helps before there are any peers, always with source, year and definition.
//!
//! Values are in the unit of their metric: shares as fractions, money in US dollars, Rule of 40 in points. Percentiles
//! count from the smallest value, whichever way is better; [`place`] turns them round where less is better.

mod acquisition;
mod computed;
mod efficiency;
mod figure;
mod growth;
mod placing;
mod retention;
mod selection;

pub use figure::{Mark, PublishedFigure, Segment, Source};
pub use placing::{place, reference};
pub use selection::{CompanyTraits, for_company};

/// Every published figure.
pub fn all() -> impl Iterator<Item = &'static PublishedFigure> {
    [growth::FIGURES, retention::FIGURES, efficiency::FIGURES, acquisition::FIGURES, computed::FIGURES]
        .into_iter()
        .flatten()
}

/// Keys used here that are not metrics of the catalogue; nothing is compared under them yet.
pub const OUTSIDE_CATALOGUE: [&str; 3] = ["months_to_1m_arr", "months_to_10m_arr", "reach_10m_arr"];

#[cfg(test)]
mod tests;
