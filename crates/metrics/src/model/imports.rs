//! The steps of an import as people see them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use datasets::{ColumnFormat, Dataset, RowProblem};
use kernel::{Currency, DatasetId, ImportId, Month, Unit, UserId};
use serde::{Deserialize, Serialize};

use super::{Bridge, ColumnRole, Layout, MonthRange};
use crate::catalogue::MetricKey;

/// What one column is used for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Its role; a column without one is kept with the file and not imported.
    pub role: Option<ColumnRole>,
    /// Whether the file carries as negative what is stored as positive.
    pub is_sign_turned: bool,
    /// What values are multiplied by.
    pub scale: f64,
}

impl ColumnMapping {
    /// A column that is kept with the file and not imported.
    pub const KEPT: Self = Self { role: None, is_sign_turned: false, scale: 1.0 };

    /// A column with this role, taken as it is.
    pub fn of(role: ColumnRole) -> Self {
        Self { role: Some(role), ..Self::KEPT }
    }

    /// The value of a form field: `mrr`, `-mrr_churn` (sign turned), `mrr*1000` (in thousands), `period`; empty if kept.
    pub fn key(&self) -> String {
        let name = match self.role {
            None => return String::new(),
            Some(ColumnRole::Period) => "@period",
            Some(ColumnRole::MetricName) => "@name",
            Some(ColumnRole::MetricValue) => "@value",
            Some(ColumnRole::Metric(key)) => key.as_str(),
        };
        let sign = if self.is_sign_turned { "-" } else { "" };
        #[expect(clippy::float_cmp, reason = "the factor is a constant that was never computed with")]
        let scale = if self.scale == 1.0 { String::new() } else { format!("*{}", self.scale) };
        format!("{sign}{name}{scale}")
    }

    /// What values may be multiplied by, as [`Self::key`] writes it.
    pub fn scales() -> impl Iterator<Item = String> {
        SCALES.iter().filter(|scale| (**scale - 1.0).abs() > f64::EPSILON).map(f64::to_string)
    }

    /// Reads the value of a form field.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::KEPT);
        }
        let (is_sign_turned, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (name, scale) = match text.split_once('*') {
            Some((name, factor)) => (name, factor.parse().ok().filter(|factor| SCALES.contains(factor))?),
            None => (text, 1.0),
        };
        let role = match name {
            "@period" => ColumnRole::Period,
            "@name" => ColumnRole::MetricName,
            "@value" => ColumnRole::MetricValue,
            key => ColumnRole::Metric(MetricKey::parse(key)?),
        };
        Some(Self { role: Some(role), is_sign_turned, scale })
    }
}

/// The factors that a column may be multiplied by.
const SCALES: [f64; 5] = [0.01, 1.0, 1e3, 1e6, 1e9];

/// What every column of a file is used for; columns that are not named are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    /// By the position of the column, counted from 0.
    pub columns: BTreeMap<u32, ColumnMapping>,
}

impl Mapping {
    /// What a column is used for.
    pub fn of(&self, column: u32) -> ColumnMapping {
        self.columns.get(&column).copied().unwrap_or(ColumnMapping::KEPT)
    }

    /// The column with that role, if there is one.
    pub fn column_of(&self, role: ColumnRole) -> Option<u32> {
        self.columns.iter().find(|(_, mapping)| mapping.role == Some(role)).map(|(column, _)| *column)
    }

    /// How the columns belong together.
    pub fn layout(&self) -> Layout {
        if self.column_of(ColumnRole::Period).is_none() {
            Layout::WithoutPeriod
        } else if self.column_of(ColumnRole::MetricName).is_some() {
            Layout::Long
        } else {
            Layout::Wide
        }
    }
}

/// The mapping step: every column with what it is used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingView {
    /// The file.
    pub dataset: Dataset,
    /// Its columns in order.
    pub columns: Vec<MappedColumn>,
}

/// One column of the mapping step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// What is known of the column.
    pub format: ColumnFormat,
    /// What it is used for.
    pub mapping: ColumnMapping,
}

/// A value that an import would change or add.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueChange {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
    /// What is kept now; `None` if nothing is.
    pub before: Option<f64>,
    /// What the file says.
    pub after: f64,
    /// The unit of both.
    pub unit: Unit,
    /// The line of the file.
    pub line: u64,
}

/// What an import would do, without doing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    /// The file.
    pub dataset: Dataset,
    /// The currency that amounts are kept in.
    pub currency: Currency,
    /// Values that are not kept yet.
    pub added: u64,
    /// Values that differ from what is kept.
    pub changed: u64,
    /// Values that are kept already.
    pub unchanged: u64,
    /// The months that values were found for.
    pub months: Option<MonthRange>,
    /// The first changes, changed values before added ones.
    pub changes: Vec<ValueChange>,
    /// The first cells and rows that cannot be imported.
    pub problems: Vec<RowProblem>,
    /// How many there are in all.
    pub problem_count: u64,
    /// Rows that hold at least one of them.
    pub rejected_rows: u64,
    /// Whether the MRR movements add up once this is imported; `None` without movements, or without two months to compare.
    pub bridge: Option<Bridge>,
    /// The import of this file that is in force, if it was committed before.
    pub committed: Option<ImportSummary>,
}

/// A committed import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Its id.
    pub id: ImportId,
    /// The file it read.
    pub dataset_id: DatasetId,
    /// The file's name.
    pub file_name: String,
    /// Whether the file is still there.
    pub has_file: bool,
    /// Values it added.
    pub added: u64,
    /// Values it changed.
    pub changed: u64,
    /// When it was committed.
    pub committed_at: DateTime<Utc>,
    /// When it was undone, if it was.
    pub undone_at: Option<DateTime<Utc>>,
}

/// All that is kept about an import.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportRecord {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: ImportSummary,
    /// Who committed it; `None` if a key did, or the program itself.
    pub committed_by: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_reads_back_from_its_form_field() {
        for text in ["", "@period", "@name", "@value", "mrr", "-mrr_churn", "mrr*1000", "gm*0.01"] {
            assert_eq!(ColumnMapping::parse(text).unwrap().key(), text);
        }
        for wrong in ["no_such_metric", "mrr*7", "mrr*", "--mrr"] {
            assert_eq!(ColumnMapping::parse(wrong), None, "{wrong}");
        }
    }
}
