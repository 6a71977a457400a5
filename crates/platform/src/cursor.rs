//! Where the next page of a list begins, as clients hand it back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Moments from here on, in microseconds, are beyond what both databases keep.
const LATEST: i64 = 1 << 58;

/// The text that stands for a place in a list.
pub fn cursor_of(place: i64) -> String {
    URL_SAFE_NO_PAD.encode(place.to_be_bytes())
}

/// The place that a cursor stands for; `None` if it is none of ours.
pub fn place_of(cursor: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let place = i64::from_be_bytes(bytes.try_into().ok()?);
    (place >= 0).then_some(place)
}

/// The text that stands for a place in a list by time: the moment of the item before, and what tells it from others of that moment.
pub fn cursor_of_moment(at: DateTime<Utc>, id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode([at.timestamp_micros().to_be_bytes().as_slice(), id.as_bytes()].concat())
}

/// The moment and the item that a cursor stands for; `None` if it is none of ours.
pub fn moment_of(cursor: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (micros, id) = bytes.split_at_checked(8)?;
    let micros = i64::from_be_bytes(micros.try_into().ok()?);
    let at = (0..LATEST).contains(&micros).then(|| DateTime::from_timestamp_micros(micros)).flatten();
    Some((at?, Uuid::from_slice(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_comes_back_and_nothing_else_is_one() {
        for (micros, id) in [(0, 0), (1_790_000_000_123_456, 7), (LATEST - 1, u128::MAX)] {
            let place = (DateTime::from_timestamp_micros(micros).unwrap(), Uuid::from_u128(id));
            let cursor = cursor_of_moment(place.0, place.1);
            assert_eq!(moment_of(&cursor), Some(place));
            assert!(cursor.starts_with('A') && cursor.len() == 32, "{cursor}");
        }
        let beyond = URL_SAFE_NO_PAD.encode([LATEST.to_be_bytes().as_slice(), &[0; 16]].concat());
        for foreign in ["", "AAAAAAAAAAE", &cursor_of(7), &"A".repeat(33), &"_".repeat(32), &beyond] {
            assert_eq!(moment_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_place_comes_back_and_nothing_else_is_one() {
        for place in [0, 1, 255, 1 << 40, i64::MAX] {
            assert_eq!(place_of(&cursor_of(place)), Some(place));
        }
        for foreign in ["", "1", "AAAAAAAAAAE=", "AAAAAAAAAA", "_________-8", "AAAAAAAAAAF", " AAAAAAAAAAE"] {
            assert_eq!(place_of(foreign), None, "{foreign}");
        }
    }
}
