//! What a file is called that somebody saves.

/// The longest name in bytes that every file system takes, with room for a browser's number behind it.
const LONGEST: usize = 240;

/// The header `Content-Disposition` (RFC 6266) of a file that is saved and never shown: one name in no folder, whatever `name` holds.
pub fn saved_as(name: &str) -> String {
    let name = harmless(name);
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| {
            let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The name without what leads into folders, what turns text round, and what systems cut off at its ends.
fn harmless(name: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | '\u{61C}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
    };
    let is_padding = |c: char| c == '.' || c.is_whitespace();
    let plain: String = name.chars().map(|c| if is_odd(c) { '_' } else { c }).collect();
    let whole = plain.trim_matches(is_padding);
    let end = whole.floor_char_boundary(LONGEST);
    let cut = whole.get(..end).unwrap_or_default().trim_end_matches(is_padding);
    if cut.is_empty() { "download".to_owned() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cannot_break_out_of_their_header() {
        let header = saved_as("a\"; filename*=x\r\nSet-Cookie: b=1; ü.csv");
        assert!(!header.contains('\r') && header.matches('"').count() == 2, "{header}");
        assert!(header.ends_with("%C3%BC.csv"), "{header}");
    }

    #[test]
    fn file_names_lead_into_no_folder_and_show_what_they_are() {
        let named = |name: &str| saved_as(name).split('"').nth(1).unwrap().to_owned();
        assert_eq!(named("../../x.csv"), "_.._x.csv");
        assert_eq!(named("a\u{202E}vsc.exe"), "a_vsc.exe");
        assert_eq!(named(" . "), "download");
        assert_eq!(named(""), "download");
        assert_eq!(named(&"x".repeat(300)).len(), 240);
        assert_eq!(named("revenue 2026-09.csv"), "revenue 2026-09.csv");
    }
}
