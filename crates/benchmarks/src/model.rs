//! What the server and the browser share: bands, cohorts, peer values, positions and published references.

mod band;
mod cohort;
mod peers;
mod position;
mod reference;
mod standing;

pub use band::{RevenueBand, RevenueRange};
pub use cohort::{Cohort, Profile};
pub use peers::{Closure, Extreme, PeerCount, PeerValue, Population, Quantiles};
pub use position::{EvidenceWire, Position, RankEstimate, Rung, Standing};
pub use reference::{Placement, Precision, PublishedMark, PublishedReference};
pub use standing::{
    MOST_VERSIONS, Obstacle, OwnContribution, Ranked, SnapshotLabel, StandingGroup, StandingRow, StandingView,
};
