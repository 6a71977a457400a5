//! Words with a meaning of their own: yes, no, and the many ways to say that a value is missing.

const MISSING: [&str; 18] = [
    "n/a", "na", "n.a.", "null", "none", "nil", "nan", "-", "--", "—", "–", "?", "tbd", "unknown", "#n/a",
    "#div/0!", "#ref!", "#value!",
];
const INFINITE: [&str; 5] = ["inf", "infinity", "∞", "-inf", "-infinity"];
const LONGEST: usize = 9;

/// Whether the cell says in words that there is no value.
pub(crate) fn is_missing(text: &str) -> bool {
    text.len() <= LONGEST
        && !starts_with_digit(text)
        && MISSING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether the cell says that the value is infinite.
pub(crate) fn is_infinite(text: &str) -> bool {
    text.len() <= LONGEST
        && !starts_with_digit(text)
        && INFINITE.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What yes and no, true and false say; digits are not words.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    match text.len() {
        1 if is("y") => Some(true),
        1 if is("n") => Some(false),
        2 if is("no") => Some(false),
        3 if is("yes") => Some(true),
        4 if is("true") => Some(true),
        5 if is("false") => Some(false),
        _ => None,
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}
