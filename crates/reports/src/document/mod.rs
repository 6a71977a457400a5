//! A report as plain data: everything that will be printed, in order, in words and figures ready to read.
//!
//! **Architecture invariant:** a document holds no markup and needs nothing else to be typeset; the same document always
//! gives the same file.

mod definitions;
mod figures;
#[cfg(feature = "testing")]
pub mod sample;
mod standing;
mod summary;
mod typesetter;

pub use definitions::{Definition, MethodSection};
pub use figures::{Change, FigureGroup, FigureRow, Tone};
pub use standing::{StandingSection, TrendSection};
pub use summary::{Cover, Fact, Headline, Summary};
pub use typesetter::{Typesetter, TypesettingError};

use chrono::NaiveDate;
use kernel::Currency;
use serde::{Deserialize, Serialize};

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportDocument {
    /// Whose report it is, as the company writes itself.
    pub company: String,
    /// The period it speaks of: `Q3 2026`.
    pub period: String,
    /// The day it was made.
    pub generated_on: NaiveDate,
    /// The frozen set of peer values it compares with: `2026 Q3`.
    pub snapshot: String,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// Whether any of its data is made up for a demonstration; every page then says so.
    pub synthetic: bool,
    /// The first page.
    pub cover: Cover,
    /// What the report says, on one page.
    pub summary: Summary,
    /// Every figure with its predecessor and its peers.
    pub figures: Vec<FigureGroup>,
    /// Where the company stands, one group of metrics to a page.
    pub standing: Vec<StandingSection>,
    /// How it came there.
    pub trends: Vec<TrendSection>,
    /// What the metrics mean.
    pub definitions: Vec<Definition>,
    /// How the comparison was made.
    pub method: Vec<MethodSection>,
}

impl ReportDocument {
    /// `4 October 2026`.
    pub fn generated_label(&self) -> String {
        self.generated_on.format("%-d %B %Y").to_string()
    }
}
