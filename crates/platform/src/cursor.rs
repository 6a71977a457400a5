//! Where the next page of a list begins, as clients hand it back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

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

#[cfg(test)]
mod tests {
    use super::*;

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
