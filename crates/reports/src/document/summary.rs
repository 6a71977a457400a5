//! The cover and the one-page summary.

use charts::Rank;
use kernel::Figure;
use serde::{Deserialize, Serialize};

use super::Change;

/// What stands on the first page below the company's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cover {
    /// What kind of report it is: `Benchmark report`.
    pub kind: String,
    /// What a reader must know first: who it is compared with, how many they are, which snapshot.
    pub facts: Vec<Fact>,
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// `Compared with`.
    pub label: String,
    /// `Software, $1–3 M ARR, seed to series A`.
    pub value: String,
}

/// The report on one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The finding above everything: `Ahead in retention, behind in payback`.
    pub finding: String,
    /// Three or four sentences that follow from the figures.
    pub sentences: Vec<String>,
    /// The five to eight figures a board asks for.
    pub headlines: Vec<Headline>,
}

/// A figure of the summary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The metric.
    pub label: String,
    /// What qualifies it, in small type beside the figure: `12 mo`, `monthly`.
    pub note: Option<String>,
    /// Its value; `None` is printed as a dash.
    pub value: Option<Figure>,
    /// How it moved.
    pub change: Option<Change>,
    /// Where it stands among peers; `None` where the evidence does not allow a rank.
    pub rank: Option<Rank>,
}
