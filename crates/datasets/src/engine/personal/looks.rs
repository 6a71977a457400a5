//! What one cell looks like.

use super::{ids, names};
use crate::{PersonalData, engine::cells::Readings};

/// Something that a cell can look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// An address of mail and nothing else.
    Email,
    /// A telephone number that cannot be much else.
    Phone,
    /// Digits that may be a telephone number, where the header says so.
    MaybePhone,
    /// An IBAN with right check digits.
    Iban,
    /// A number of a person with right check digits, or of a form of its own.
    NationalId,
    /// The same, but of digits alone.
    PlainId,
    /// Words that are written like a name.
    NameShape,
    /// A name of which a part is well known.
    KnownName,
    /// Something with letters that is no number, date, yes or no.
    Wordy,
    /// Letters and digits, at least four of the latter.
    Code,
    /// Words with an address of mail among them.
    Mention,
}

impl Look {
    pub(super) const ALL: [Self; Looks::COUNT] = [
        Self::Email,
        Self::Phone,
        Self::MaybePhone,
        Self::Iban,
        Self::NationalId,
        Self::PlainId,
        Self::NameShape,
        Self::KnownName,
        Self::Wordy,
        Self::Code,
        Self::Mention,
    ];
}

/// Everything that a cell looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks(u16);

impl Looks {
    pub(super) const COUNT: usize = 11;

    /// Whether the cell looks so.
    pub(crate) fn has(self, look: Look) -> bool {
        self.0 & (1 << look as u16) != 0
    }

    fn with(self, look: Look, is_so: bool) -> Self {
        Self(self.0 | u16::from(is_so) << look as u16)
    }

    /// Whether the cell is personal whatever its column holds.
    pub(crate) fn is_telling(self) -> bool {
        self.told().is_personal()
    }

    /// As what such a cell is masked in a column that is not personal.
    pub(crate) fn told(self) -> PersonalData {
        if self.has(Look::Email) {
            PersonalData::Email
        } else if self.has(Look::Iban) {
            PersonalData::Iban
        } else if self.has(Look::Phone) {
            PersonalData::Phone
        } else if self.has(Look::Mention) {
            PersonalData::FreeText
        } else if self.has(Look::NationalId) && !self.has(Look::PlainId) {
            PersonalData::NationalId
        } else {
            PersonalData::NotPersonal
        }
    }
}

/// What a cell looks like that is trimmed and not empty, and can be read so.
pub(crate) fn look(cell: &str, readings: Readings) -> Looks {
    if readings.meets(Readings::DATES) || readings.is_yes_no_word() || readings.meets(Readings::MISSING) {
        return Looks::default();
    }
    if readings.meets(Readings::NUMBERS) || readings.meets(Readings::LEADING_ZEROS) {
        return look_of_number(cell);
    }
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let has_at = memchr::memchr(b'@', cell.as_bytes()).is_some();
    let is_email = has_at && is_email(cell);
    let (is_iban, is_id) =
        if digits < 4 { (false, false) } else { (ids::is_iban(cell), ids::is_national(cell)) };
    let shape = if digits == 0 && !has_at { names::shape(cell) } else { names::Shape::Other };
    Looks::default()
        .with(Look::Email, is_email)
        .with(Look::Phone, digits >= 7 && is_phone(cell, digits) && !is_id)
        .with(Look::MaybePhone, may_be_phone(cell, digits))
        .with(Look::Iban, is_iban)
        .with(Look::NationalId, is_id)
        .with(Look::NameShape, shape != names::Shape::Other)
        .with(Look::KnownName, shape == names::Shape::Known)
        .with(Look::Wordy, cell.chars().any(char::is_alphabetic))
        .with(Look::Code, digits >= 4)
        .with(Look::Mention, has_at && !is_email && cell.split(is_between_words).any(is_email_word))
}

fn look_of_number(cell: &str) -> Looks {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return Looks::default();
    }
    let is_id = digits == cell.len() && ids::is_plain(cell);
    Looks::default()
        .with(Look::MaybePhone, may_be_phone(cell, digits))
        .with(Look::NationalId, is_id)
        .with(Look::PlainId, is_id)
        .with(Look::Code, true)
}

/// One or several addresses of mail, and nothing else; a name may stand before an address in angle brackets.
fn is_email(cell: &str) -> bool {
    if let Some((_, rest)) = cell.split_once('<') {
        return rest.strip_suffix('>').is_some_and(is_email_word);
    }
    let mut words = cell.split(is_between_words).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(is_email_word)
}

fn is_between_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')' | '"' | '|' | '[' | ']')
}

fn is_email_word(word: &str) -> bool {
    let word = word.trim_matches(['.', ':', '\'', '!', '?']);
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    let Some((name, ending)) = domain.rsplit_once('.') else { return false };
    !local.is_empty()
        && !name.is_empty()
        && ending.chars().count() >= 2
        && ending.chars().all(char::is_alphabetic)
}

const fn is_of_phone(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+')
}

/// With a plus sign, with an area code in brackets, or as three, three and four digits.
fn is_phone(cell: &str, digits: usize) -> bool {
    let bytes = cell.as_bytes();
    if digits > 15 || !bytes.iter().copied().all(is_of_phone) {
        return false;
    }
    match bytes.first() {
        Some(b'+') => digits >= 8,
        Some(b'(') => true,
        _ => {
            let [first, second] = [3, 7].map(|place| bytes.get(place));
            let parts = cell.split(['-', '.', ' ']).map(str::len);
            first.is_some() && first == second && parts.eq([3, 3, 4])
        }
    }
}

fn may_be_phone(cell: &str, digits: usize) -> bool {
    (6..=15).contains(&digits) && cell.bytes().all(is_of_phone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cells::read;

    fn told(cell: &str) -> PersonalData {
        look(cell, read(cell).readings).told()
    }

    #[test]
    fn a_cell_that_tells_of_a_person_is_known_anywhere() {
        for (cell, kind) in [
            ("ada@acme.example", PersonalData::Email),
            ("Ada Moreau <ada@acme.example>", PersonalData::Email),
            ("ada@acme.example; bob@acme.example", PersonalData::Email),
            ("ask ada@acme.example.", PersonalData::FreeText),
            ("DE89370400440532013000", PersonalData::Iban),
            ("+49 30 901820", PersonalData::Phone),
            ("+4930901820", PersonalData::Phone),
            ("856-45-6789", PersonalData::NationalId),
        ] {
            assert_eq!(told(cell), kind, "{cell}");
        }
    }

    #[test]
    fn numbers_dates_and_words_tell_of_nobody() {
        for cell in [
            "1200",
            "+1,234",
            "(1,234,567)",
            "2025-01-31",
            "31.01.2025",
            "44051401359",
            "DE89370400440532013001",
            "50% @ 3",
            "a@b",
            "Ada Moreau",
            "2024-0001",
            "+12",
            "12:30",
            "-",
        ] {
            assert_eq!(told(cell), PersonalData::NotPersonal, "{cell}");
        }
    }
}
