//! How wide a text will be, well enough to keep labels apart.

/// The width of the text in pixels, as Inter sets it; a little generous.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// The text, cut with an ellipsis where it would be wider than `limit`.
pub(crate) fn fitted(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut used = width("…", size);
    let kept: String = text
        .chars()
        .take_while(|character| {
            used += advance(*character) * size;
            used <= limit
        })
        .collect();
    format!("{}…", kept.trim_end())
}

fn advance(character: char) -> f64 {
    match character {
        '\u{2009}' => 0.19,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '|' | ' ' => 0.29,
        'f' | 't' | 'r' | '(' | ')' | '1' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '…' | '→' | '←' => 0.96,
        '0'..='9' | '$' | '€' | '+' | '−' => 0.66,
        character if character.is_uppercase() => 0.72,
        character if character.is_ascii() => 0.6,
        character if character.is_alphabetic() && u32::from(character) < 0x500 => 0.62,
        _ => 1.0,
    }
}
