//! Where a company stands, ready to show.

use std::collections::BTreeMap;

use charts::PercentileBar;
use chrono::{DateTime, Utc};
use kernel::{Currency, Month, Unit};
use metrics::{MetricKey, model::Value};
use serde::{Deserialize, Serialize};

use super::{PeerValue, Position, Profile, PublishedReference};

/// The page "where you stand".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingView {
    /// The company's name.
    pub company: String,
    /// Whether the company and its peers are made up.
    pub is_synthetic: bool,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The month of the company's values; `None` before the first import.
    pub month: Option<Month>,
    /// What the company is compared within.
    pub profile: Profile,
    /// Why there are no live peers, if there are none.
    pub obstacle: Option<Obstacle>,
    /// What the percentiles are of.
    pub ranked: Ranked,
    /// The frozen peers, if there are any.
    pub snapshot: Option<SnapshotLabel>,
    /// The finding over all metrics: "Ahead in retention, behind in payback".
    pub headline: String,
    /// A sentence or two that follow from the intervals.
    pub summary: String,
    /// The metrics by group.
    pub groups: Vec<StandingGroup>,
}

/// Versions of its figures and profile that a company which is not among the frozen peers is ranked with, and others of its owners are.
pub const MOST_VERSIONS: i64 = 5;

/// What keeps a company from being compared with live peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It does not share its own figures: seeing peers is for those who are peers.
    NotSharing,
    /// No snapshot has been taken yet.
    NoSnapshot,
}

/// With which figures a company is ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// Figures that were counted are ranked as they were counted, and some have changed since.
    pub has_changed: bool,
    /// Figures that were not counted are not ranked any more: they have changed so often since peers were counted that one
    /// more rank could tell what a single peer has. What was published of the peers is shown all the same.
    pub is_limited: bool,
}

/// Which frozen peers a figure was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotLabel {
    /// `2026 Q3`.
    pub quarter: String,
    /// The first digits of the digest of everything in it.
    pub hash: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
}

/// What a company itself brought to frozen peers, as it was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnContribution {
    /// The peers that it was counted among.
    pub snapshot: SnapshotLabel,
    /// What the company was compared within.
    pub profile: Profile,
    /// Its values by metric, in US dollars where they are amounts, with the digits that are compared.
    pub values: BTreeMap<String, PeerValue>,
}

/// Metrics that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingGroup {
    /// `Growth`, `Retention`.
    pub name: String,
    /// Its metrics.
    pub rows: Vec<StandingRow>,
}

/// One metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingRow {
    /// The metric.
    pub key: MetricKey,
    /// Its name.
    pub label: String,
    /// Its unit.
    pub unit: Unit,
    /// The company's own value.
    pub value: Value,
    /// Its value three months before, if it is known.
    pub before: Option<f64>,
    /// Its place among live peers.
    pub position: Position,
    /// The same as a drawing.
    pub bar: PercentileBar,
    /// Published figures that fit the company, the most fitting first.
    pub published: Vec<PublishedReference>,
}

impl StandingRow {
    /// Whether there are peers enough to say something.
    pub fn has_peers(&self) -> bool {
        self.position.rung.is_some()
    }
}
