//! Whatever a file is called, its header names one file in no folder.

use platform::saved_as;

/// The header reads back as one harmless name in both of its forms, and what was harmless keeps its name.
pub(crate) fn property(bytes: &[u8]) {
    let name = String::from_utf8_lossy(bytes);
    let header = saved_as(&name);
    assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header:?}");
    let rest = header.strip_prefix("attachment; filename=\"").unwrap();
    let (plain, rest) = rest.split_once('"').unwrap();
    let encoded = rest.strip_prefix("; filename*=UTF-8''").unwrap();
    let full = decoded(encoded);
    for shown in [plain, &full] {
        assert!(is_harmless(shown), "{name:?} is saved as {shown:?}");
    }
    // What is no ASCII letter is an underscore in the plain form, one for one.
    assert_eq!(plain.chars().count(), full.chars().count(), "{header}");
    assert!(
        plain.chars().zip(full.chars()).all(|(plain, full)| plain == full || plain == '_'),
        "{header} names two files"
    );
    if is_harmless(&name) {
        assert_eq!(full, name, "a harmless name is kept");
    }
}

/// Whether a name can be saved on any system and shows what it is.
fn is_harmless(name: &str) -> bool {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | '\u{61C}' | '\u{FEFF}')
            || ('\u{200B}'..='\u{200F}').contains(&c)
            || ('\u{2028}'..='\u{202E}').contains(&c)
            || ('\u{2060}'..='\u{206F}').contains(&c)
    };
    let is_padding = |c: char| c == '.' || c.is_whitespace();
    !name.is_empty()
        && name.len() <= 240
        && !name.contains(is_odd)
        && !name.starts_with(is_padding)
        && !name.ends_with(is_padding)
}

/// What an extended value says (RFC 8187); fails if it holds anything else than its letters.
fn decoded(value: &str) -> String {
    let (mut bytes, mut decoded) = (value.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        let is_letter = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        assert!(is_letter || byte == b'%', "{value}");
        let mut digit = || char::from(bytes.next().unwrap()).to_digit(16).unwrap();
        decoded.push(if is_letter { byte } else { u8::try_from(digit() * 16 + digit()).unwrap() });
    }
    String::from_utf8(decoded).unwrap()
}
