//! What a spreadsheet program would run instead of showing it.

/// Whether a spreadsheet program may take the text for a formula, or for the command of one. It skips blanks first.
pub fn looks_like_formula(text: &str) -> bool {
    const SIGNS: &str = "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}";
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}');
    let begins_with_control = text.starts_with(|c: char| c.is_control());
    begins_with_control || text.trim_start_matches(is_blank).starts_with(|c| SIGNS.contains(c))
}
