//! Headers as sets of comparable words.

use std::collections::BTreeSet;

/// Words that change nothing about which metric a header means. Single letters stay: they are the S, M, R, D, G and A
/// of the cost groups.
const NOISE: &[&str] = &[
    "the", "of", "in", "for", "and", "an", "und", "et", "de", "des", "der", "die", "das", "du", "la", "le",
    "les", "el", "los", "las", "del", "y", "our", "total", "number", "no", "num", "nr", "nb", "count",
    "anzahl", "nombre", "numero", "actual", "usd", "eur", "gbp", "chf", "cad", "aud", "sek", "nok", "dkk",
    "pln", "czk", "inr", "brl", "sgd", "jpy", "us", "dollar", "euro",
];

/// Words that mean the same in headers, and the one that stands for them.
const EQUIVALENTS: &[(&str, &[&str])] = &[
    ("cost", &["spend", "spending", "expense", "expenditure", "kosten", "aufwand"]),
    ("customer", &["client", "account", "subscriber", "logo"]),
    ("percent", &["pct", "percentage", "prozent"]),
    ("average", &["avg", "mean", "durchschnitt", "moyenne", "promedio"]),
    ("cancelled", &["canceled"]),
    ("annualised", &["annualized"]),
    ("downgrade", &["downgraded"]),
    ("upgrade", &["upgraded"]),
];

const THOUSANDS: &[&str] = &[
    "k",
    "k$",
    "$k",
    "k€",
    "€k",
    "k£",
    "£k",
    "t€",
    "kusd",
    "keur",
    "kgbp",
    "kchf",
    "tusd",
    "teur",
    "tchf",
    "tsd",
    "thousand",
    "thousands",
    "000",
    "000s",
    "'000",
    "'000s",
    "$000",
    "$000s",
    "€000",
    "€000s",
    "£000",
    "£000s",
];
const MILLIONS: &[&str] = &[
    "m$", "$m", "$mm", "m€", "€m", "m£", "£m", "musd", "meur", "mgbp", "mchf", "mio", "mn", "million",
    "millions",
];

/// A header, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    /// Every word that matters, in order.
    pub(super) phrase: Vec<String>,
    /// The same in any order.
    pub(super) words: BTreeSet<String>,
    /// Those outside parentheses.
    pub(super) outside: BTreeSet<String>,
    /// What values are multiplied by.
    pub(super) scale: f64,
}

impl Header {
    pub(super) fn new(text: &str) -> Self {
        let (scale, text) = without_scale(&text.replace(['’', '`'], "'"));
        let outside = phrase(&outside_parentheses(&text)).into_iter().collect();
        let phrase = phrase(&text);
        Self { words: phrase.iter().cloned().collect(), phrase, outside, scale }
    }
}

fn without_scale(text: &str) -> (f64, String) {
    let mut scale = 1.0;
    let mut rest = String::with_capacity(text.len());
    let is_boundary = |c: char| c.is_whitespace() || "()[]{},;/_".contains(c);
    for piece in text.split_inclusive(is_boundary) {
        let word = piece.trim_end_matches(is_boundary);
        let lower = word.to_lowercase();
        if THOUSANDS.contains(&lower.as_str()) {
            scale = 1e3;
        } else if MILLIONS.contains(&lower.as_str()) {
            scale = 1e6;
        } else {
            rest.push_str(word);
        }
        rest.extend(piece.chars().next_back().filter(|last| is_boundary(*last)));
    }
    (scale, rest)
}

fn outside_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    let is_outside = |c: &char| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    text.chars().filter(is_outside).collect()
}

fn phrase(text: &str) -> Vec<String> {
    let spaced = spaced(text);
    let words = spaced.split_whitespace().map(|word| equivalent(singular(word)));
    words.filter(|word| !NOISE.contains(word)).map(str::to_owned).collect()
}

/// Lower case, without accents and punctuation, and with words of camel case apart.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let characters: Vec<char> = text.chars().collect();
    for (i, character) in characters.iter().copied().enumerate() {
        let at = |distance: isize| {
            i.checked_add_signed(distance).and_then(|i| characters.get(i)).copied().unwrap_or(' ')
        };
        let starts_word = character.is_uppercase()
            && (at(-1).is_lowercase()
                || (at(-1).is_uppercase() && at(1).is_lowercase() && at(2).is_lowercase()));
        if starts_word {
            out.push(' ');
        }
        match character {
            '%' => out.push_str(" percent "),
            // d'affaires, l'attrition: the article goes.
            '\'' if matches!(out.chars().next_back(), Some('d' | 'l')) => {
                out.pop();
                out.push(' ');
            }
            _ if character.is_alphanumeric() => {
                for lower in character.to_lowercase() {
                    fold(lower, &mut out);
                }
            }
            _ => out.push(' '),
        }
    }
    out
}

fn fold(character: char, out: &mut String) {
    let plain = match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ß' => return out.push_str("ss"),
        'œ' => return out.push_str("oe"),
        // Accents that stand beside their letter.
        '\u{300}'..='\u{36f}' => return,
        other => other,
    };
    out.push(plain);
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

fn equivalent(word: &str) -> &str {
    EQUIVALENTS.iter().find(|(_, others)| others.contains(&word)).map_or(word, |(standard, _)| standard)
}

/// Twice the shared words over all words; a slip of one letter in a long word is forgiven. 0 if it cannot reach `least`.
#[expect(clippy::cast_precision_loss, reason = "headers have few words")]
pub(super) fn similarity(left: &BTreeSet<String>, right: &BTreeSet<String>, least: f64) -> f64 {
    let possible = left.len().min(right.len());
    let best = 2.0 * possible as f64 / (left.len() + right.len()).max(1) as f64;
    if best < least {
        return 0.0;
    }
    let shared = left.iter().filter(|word| right.iter().any(|other| is_same_word(word, other))).count();
    2.0 * shared as f64 / (left.len() + right.len()).max(1) as f64
}

pub(super) fn is_same_word(left: &str, right: &str) -> bool {
    let (shorter, longer) = (left.len().min(right.len()), left.len().max(right.len()));
    left == right || (shorter >= 5 && longer <= shorter + 2 && is_one_slip_apart(left, right))
}

/// One letter more, less or other, or two neighbours swapped.
fn is_one_slip_apart(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let start = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let (left, right) = (left.get(start..).unwrap_or_default(), right.get(start..).unwrap_or_default());
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (left.get(..left.len() - end), right.get(..right.len() - end));
    match (left.unwrap_or_default(), right.unwrap_or_default()) {
        ([] | [_], [_]) | ([_], []) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}
