//! Text keeps its letters through every encoding that says which it is, and a guess is always called one.

use datasets::{
    FileProfile, Overrides, TextEncoding,
    engine::{FileError, Limits, Row, profile, records, sniff},
};

/// The first byte chooses an encoding for the rest as text; the rest is also read as it is.
pub(crate) fn property(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    check_guess(rest);
    let text: String =
        String::from_utf8_lossy(rest).chars().filter(|c| !"\"\0\u{fffd}".contains(*c)).collect();
    let encoding = *TextEncoding::ALL.get(usize::from(*choice) % TextEncoding::ALL.len()).unwrap();
    let is_marked = choice / 16 % 2 == 1;
    let file = format!("name,note\nfirst,\"{text}\"\n");
    let Some(bytes) = encoded(&file, encoding, is_marked) else { return };
    let overrides = Overrides { encoding: (!is_marked).then_some(encoding), ..Overrides::default() };
    check_kept(&bytes, &overrides, &text);
    if encoding == TextEncoding::Utf8 {
        check_kept(&bytes, &Overrides::default(), &text);
    }
}

/// What bytes are taken for is certain only where it follows from them.
fn check_guess(bytes: &[u8]) {
    let limits = Limits { threads: 1, ..Limits::default() };
    let Ok(FileProfile { format, notes, .. }) = profile(bytes, 0, &limits, &Overrides::default()) else {
        return;
    };
    let seen = sniff(bytes, &limits).unwrap();
    assert_eq!((seen.encoding, seen.is_encoding_certain), (format.encoding, format.is_encoding_certain));
    assert_eq!(notes.iter().any(|note| note.contains("is not UTF-8")), !format.is_encoding_certain);
    if format.is_encoding_certain && !format.has_byte_order_mark {
        assert_eq!(format.encoding, TextEncoding::Utf8, "nothing else shows in the bytes themselves");
    }
    if std::str::from_utf8(bytes).is_ok() {
        let expected = (TextEncoding::Utf8, true);
        assert_eq!((format.encoding, format.is_encoding_certain), expected, "this is UTF-8");
    }
}

/// The cell is the text, to the last letter.
fn check_kept(bytes: &[u8], overrides: &Overrides, text: &str) {
    let limits = Limits { threads: 1, ..Limits::default() };
    let found = match profile(bytes, 0, &limits, overrides) {
        Ok(found) => found,
        // A cell may be too long, and what makes a sheet look like something else is said.
        Err(FileError::CellTooLong { .. } | FileError::RecordTooLong { .. }) => return,
        Err(error) => panic!("{error}: {text:?}"),
    };
    let mut rows = records(bytes, &found.format, &limits).unwrap();
    match rows.next_row().unwrap() {
        Some(Row::Record(record)) if found.format.columns.len() == 2 => {
            assert_eq!((record.cell(0), record.cell(1)), ("first", text));
        }
        // Another delimiter may explain a text better that is full of it.
        row => assert!(found.format.columns.len() != 2, "{text:?} is {row:?}"),
    }
}

/// The bytes of a file; `None` if the encoding has no such letters or no mark.
fn encoded(text: &str, encoding: TextEncoding, is_marked: bool) -> Option<Vec<u8>> {
    let mark: &[u8] = match (is_marked, encoding) {
        (false, _) => b"",
        (true, TextEncoding::Utf8) => b"\xEF\xBB\xBF",
        (true, TextEncoding::Utf16Le) => b"\xFF\xFE",
        (true, TextEncoding::Utf16Be) => b"\xFE\xFF",
        (true, _) => return None,
    };
    let known = match encoding {
        TextEncoding::Utf8 => return Some([mark, text.as_bytes()].concat()),
        TextEncoding::Utf16Le => {
            return Some(
                mark.iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            );
        }
        TextEncoding::Utf16Be => {
            return Some(
                mark.iter().copied().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
            );
        }
        TextEncoding::Windows1252 => encoding_rs::WINDOWS_1252,
        TextEncoding::ShiftJis => encoding_rs::SHIFT_JIS,
        TextEncoding::Gb18030 => encoding_rs::GB18030,
    };
    let (bytes, _, has_lost) = known.encode(text);
    // A few letters share their bytes with others there.
    let is_same = known.decode_without_bom_handling(&bytes).0 == text;
    (!has_lost && is_same).then(|| bytes.into_owned())
}
