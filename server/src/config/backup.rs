//! Backups that the program makes by itself.

use std::{path::PathBuf, str::FromStr};

use chrono::TimeDelta;

use super::{ConfigError, Layers};

/// Where backups go, how often, and how many stay.
#[derive(Clone, Debug)]
pub struct BackupConfig {
    /// The folder.
    pub folder: PathBuf,
    /// From the beginning of one to the beginning of the next.
    pub every: TimeDelta,
    /// How many are kept.
    pub keep: usize,
}

/// A time like `24h`, at least a minute.
struct Period(TimeDelta);

impl FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or(())?;
        let (number, unit) = text.split_at(digits);
        let minutes = match unit {
            "min" => 1,
            "h" => 60,
            "d" => 24 * 60,
            _ => return Err(()),
        };
        let number: u32 = number.parse().map_err(|_| ())?;
        let whole = TimeDelta::minutes(i64::from(number) * minutes);
        if (TimeDelta::minutes(1)..=TimeDelta::days(366)).contains(&whole) {
            Ok(Self(whole))
        } else {
            Err(())
        }
    }
}

pub(super) fn read(layers: &Layers) -> Result<Option<BackupConfig>, ConfigError> {
    let folder = layers.text("backup.folder")?;
    let Period(every) = layers.parse("backup.every", "a time from 1min to 366d, like 24h")?;
    let keep = usize::try_from(layers.whole("backup.keep", 1, 1_000)?).unwrap_or(usize::MAX);
    Ok((!folder.is_empty()).then(|| BackupConfig { folder: folder.into(), every, keep }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_people_write_it() {
        let minutes = |text: &str| text.parse::<Period>().ok().map(|Period(time)| time.num_minutes());
        for (text, expected) in [("1min", 1), ("24h", 1_440), ("7d", 10_080), ("090min", 90)] {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "24", "h", "0h", "-1h", "1.5h", "24 h", "1y", "4294967295d", "99999999999d"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }
}
