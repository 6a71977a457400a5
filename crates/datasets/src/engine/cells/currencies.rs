//! Signs and codes of currencies at the ends of an amount.

use kernel::Currency;

/// The currency that an amount names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CurrencyMark {
    /// One that Quartile can hold amounts in.
    Known(Currency),
    /// A dollar sign alone, which many countries write.
    Dollar,
    /// Another.
    Other,
}

/// Signs, longer ones before those they end with.
const SIGNS: &[(&str, CurrencyMark)] = &[
    ("US$", CurrencyMark::Known(Currency::Usd)),
    ("CA$", CurrencyMark::Known(Currency::Cad)),
    ("AU$", CurrencyMark::Known(Currency::Aud)),
    ("A$", CurrencyMark::Known(Currency::Aud)),
    ("R$", CurrencyMark::Known(Currency::Brl)),
    ("S$", CurrencyMark::Known(Currency::Sgd)),
    ("HK$", CurrencyMark::Other),
    ("NZ$", CurrencyMark::Other),
    ("$", CurrencyMark::Dollar),
    ("€", CurrencyMark::Known(Currency::Eur)),
    ("£", CurrencyMark::Known(Currency::Gbp)),
    ("¥", CurrencyMark::Known(Currency::Jpy)),
    ("₹", CurrencyMark::Known(Currency::Inr)),
    ("zł", CurrencyMark::Known(Currency::Pln)),
    ("Kč", CurrencyMark::Known(Currency::Czk)),
    ("Fr.", CurrencyMark::Known(Currency::Chf)),
    ("kr.", CurrencyMark::Other),
    ("kr", CurrencyMark::Other),
    ("₽", CurrencyMark::Other),
    ("₩", CurrencyMark::Other),
    ("₺", CurrencyMark::Other),
    ("₪", CurrencyMark::Other),
    ("₫", CurrencyMark::Other),
    ("₴", CurrencyMark::Other),
    ("฿", CurrencyMark::Other),
];

const OTHER_CODES: &[&str] = &[
    "AED", "ARS", "BGN", "CLP", "CNY", "COP", "EGP", "HKD", "HUF", "IDR", "ILS", "ISK", "KES", "KRW", "MXN",
    "MYR", "NGN", "NZD", "PHP", "PKR", "RON", "RUB", "SAR", "THB", "TRY", "TWD", "UAH", "VND", "ZAR",
];

/// The currency at the start, and what follows it.
pub(crate) fn leading(text: &str) -> Option<(CurrencyMark, &str)> {
    if text.starts_with(is_of_number) {
        return None;
    }
    if let Some((sign, rest)) = SIGNS.iter().find_map(|(sign, mark)| Some((mark, text.strip_prefix(sign)?))) {
        return Some((*sign, rest));
    }
    let (code, rest) = text.split_at_checked(3)?;
    Some((by_code(code)?, rest))
}

/// The currency at the end, and what stands before it.
pub(crate) fn trailing(text: &str) -> Option<(CurrencyMark, &str)> {
    if text.ends_with(is_of_number) {
        return None;
    }
    if let Some((sign, rest)) = SIGNS.iter().find_map(|(sign, mark)| Some((mark, text.strip_suffix(sign)?))) {
        return Some((*sign, rest));
    }
    let (rest, code) = text.split_at_checked(text.len().checked_sub(3)?)?;
    Some((by_code(code)?, rest))
}

/// The currency that a name of a column mentions: `Revenue (USD)`, `Price €`.
pub(crate) fn mentioned(header: &str) -> Option<CurrencyMark> {
    let words = header.split(|letter: char| !letter.is_alphanumeric());
    let by_code = words.filter(|word| word.len() == 3).find_map(by_code);
    let signs = SIGNS.iter().filter(|(sign, _)| !sign.is_ascii() || sign.contains('$'));
    by_code.or_else(|| signs.into_iter().find(|(sign, _)| stands_alone(header, sign)).map(|(_, mark)| *mark))
}

/// Whether the sign is there and, if it begins with a letter, is no end of a word: `MRR$` holds no `R$`.
fn stands_alone(header: &str, sign: &str) -> bool {
    let begins_a_word = |place: usize| {
        let before = header.get(..place).and_then(|before| before.chars().next_back());
        !sign.starts_with(char::is_alphabetic) || !before.is_some_and(char::is_alphanumeric)
    };
    header.match_indices(sign).any(|(place, _)| begins_a_word(place))
}

/// Digits and signs are part of the amount; asking first saves a walk through all currencies.
fn is_of_number(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '%' | '-' | '(' | ')')
}

fn by_code(code: &str) -> Option<CurrencyMark> {
    if !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let known = Currency::ALL.iter().copied().find(|currency| currency.code() == code);
    known.map(CurrencyMark::Known).or_else(|| OTHER_CODES.contains(&code).then_some(CurrencyMark::Other))
}
