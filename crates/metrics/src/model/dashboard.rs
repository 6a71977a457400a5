//! What a dashboard shows.

use kernel::{Month, Unit};
use serde::{Deserialize, Serialize};

use super::{Bridge, Provenance, Value, Window};
use crate::catalogue::MetricKey;

/// The figures of one company at one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The last month shown.
    pub month: Month,
    /// How many months a figure stands for, and how far back it is compared.
    pub window: Window,
    /// The key figures in the order asked for.
    pub figures: Vec<KeyFigure>,
    /// How MRR moved in the window.
    pub bridge: Bridge,
    /// What deserves a look, most urgent first.
    pub attention: Vec<Attention>,
}

/// One figure with its past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyFigure {
    /// The metric.
    pub key: MetricKey,
    /// Its full name.
    pub label: String,
    /// Its name where room is short.
    pub short_label: String,
    /// What it is measured in.
    pub unit: Unit,
    /// The value of the window, or why there is none.
    pub value: Value,
    /// Where the value of the last month comes from.
    pub provenance: Provenance,
    /// The change against the window before; `None` unless both are known.
    pub change: Option<Change>,
    /// Monthly values, oldest first.
    pub sparkline: Vec<SparkPoint>,
}

/// One month of a sparkline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SparkPoint {
    /// The month.
    pub month: Month,
    /// The value; `None` is a break in the line, not 0.
    pub value: Option<f64>,
}

/// A difference between two windows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The last month of the window compared with.
    pub against: Month,
    /// The value then.
    pub before: f64,
    /// Now minus then, in the unit of the metric.
    pub absolute: f64,
    /// Now over then, minus one; `None` for shares and points, and unless the value then was positive.
    pub relative: Option<f64>,
    /// Whether that is good.
    pub judgement: Judgement,
}

/// Whether a change is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// In the direction wished for.
    Better,
    /// Against it.
    Worse,
    /// No change, or no direction is better.
    Neutral,
}

/// Something that deserves a look; each sentence follows from figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Which rule found it; earlier kinds are more urgent.
    pub kind: AttentionKind,
    /// The metric it is about.
    pub key: MetricKey,
    /// The month it is about, or the last of them.
    pub month: Month,
    /// The finding: "CAC payback rose to 19 months".
    pub headline: String,
    /// The figures behind it, or what to do.
    pub detail: String,
}

/// The rules that find something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// Less than half a year of cash.
    ShortRunway,
    /// MRR and its movements do not add up.
    BridgeGap,
    /// A figure has no meaning for a reason that only companies in trouble have.
    NoMeaning,
    /// A figure became worse twice in a row.
    Worsening,
    /// Months without a figure that other months have.
    MissingMonths,
}
