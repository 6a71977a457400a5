//! Who did what, for people to read.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use kernel::{AppError, FieldErrors};
use serde::{Deserialize, Serialize};

/// Which deeds are wanted, as it stands in the address of a page; what is empty leaves all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordsInput {
    /// One kind: `import.committed`.
    pub action: String,
    /// One who acts, as the log names them: `person:<id>`.
    pub who: String,
    /// The first day, in UTC: `2026-10-03`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Only those before this place in the chain.
    pub before: String,
}

impl RecordsInput {
    /// What is said of a day that is none.
    pub const A_DAY: &str = "Write the day like 2026-10-03";

    /// The moments between which the deeds lie, the second one outside. A day that is none gets its own sentence.
    pub fn time(&self) -> Result<[Option<DateTime<Utc>>; 2], AppError> {
        let mut errors = FieldErrors::default();
        let mut day = |field, text: &str| -> Option<NaiveDate> {
            let day = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text);
            if text.is_empty() { None } else { errors.take(field, day.ok_or(Self::A_DAY)) }
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        errors.into_result()?;
        let begin = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        Ok([from.map(begin), until.and_then(|day| day.checked_add_days(Days::new(1))).map(begin)])
    }
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Who, by name where there is one.
    pub who: String,
    /// What was done: `import.committed`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// A few words.
    pub detail: String,
    /// From which network address.
    pub place: String,
    /// The id of the request, as it is in the log of the program.
    pub request_id: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsView {
    /// The deeds.
    pub lines: Vec<RecordLine>,
    /// Every kind of deed that the log holds.
    pub actions: Vec<String>,
    /// Who may have acted: as the log names them, and their name.
    pub people: Vec<(String, String)>,
    /// Where the next page begins.
    pub next: Option<i64>,
}
