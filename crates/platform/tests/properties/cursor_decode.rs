//! A cursor stands for one place, and a place has one cursor.

use platform::{cursor_of, place_of};

/// A text is a cursor only if it is what its place is written as; and every place from 0 on comes back.
pub(crate) fn property(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(place) = place_of(&text) {
        assert!(place >= 0, "{text:?}");
        assert_eq!(cursor_of(place), text, "two cursors for one place");
    }
    let Some(number) = bytes.first_chunk::<8>() else { return };
    let place = i64::from_be_bytes(*number);
    assert_eq!(place_of(&cursor_of(place)), (place >= 0).then_some(place));
}
