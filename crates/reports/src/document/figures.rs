//! The table of key figures.

use charts::Rank;
use kernel::Figure;
use serde::{Deserialize, Serialize};

/// Whether a change is for the better. Never shown by colour alone: the sign stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Neither, or not to be judged.
    Neutral,
}

/// How a figure moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The signed amount: `+6.1 %`, `−0.8 pts`.
    pub amount: String,
    /// What it is measured against: `vs Q2`.
    pub since: String,
    /// Whether it is for the better.
    pub tone: Tone,
}

/// Figures that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureGroup {
    /// `Growth`.
    pub name: String,
    /// Its figures, in the order of the catalogue.
    pub rows: Vec<FigureRow>,
}

/// One line of the table; `None` is printed as a dash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureRow {
    /// The metric.
    pub metric: String,
    /// Its value in the period.
    pub value: Option<Figure>,
    /// Its value in the period before.
    pub previous: Option<Figure>,
    /// How it moved in between.
    pub change: Option<Change>,
    /// What half of the peers do not reach.
    pub median: Option<Figure>,
    /// Where the value stands among peers.
    pub rank: Option<Rank>,
    /// How many peers report it, as it may be published: `41–50`, `fewer than 6`.
    pub peers: String,
}
