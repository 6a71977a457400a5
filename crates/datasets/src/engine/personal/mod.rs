//! Tells which columns hold what about people: from the words of their headers and from what most of their cells look like.

mod headers;
mod ids;
mod looks;
mod names;

pub(crate) use looks::{Look, Looks, look};

use crate::PersonalData;
use headers::{HeaderHint, hint};

/// A column is of a kind if at least this share of its cells looks so: three of five.
const AGREEMENT: (u64, u64) = (3, 5);
/// Words with addresses or numbers of people in them make a column personal already in one of twenty cells.
const MENTIONS: (u64, u64) = (1, 20);
/// How many of the names must be well known before a column without a telling header is one of names: one of five.
const KNOWN_NAMES: (u64, u64) = (1, 5);
/// Numbers of digits alone pass a check digit by chance, so that a few of them show nothing.
const LEAST_PLAIN_IDS: u64 = 5;

/// What the cells of a column looked like, counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    counts: [u64; Looks::COUNT],
    /// Cells that can be taken for personal whatever their column is.
    pub(crate) stray: u64,
}

impl Seen {
    /// Counts a cell.
    pub(crate) fn absorb(&mut self, looks: Looks) {
        if looks == Looks::default() {
            return;
        }
        for (count, look) in self.counts.iter_mut().zip(Look::ALL) {
            *count += u64::from(looks.has(look));
        }
        self.stray += u64::from(looks.is_telling());
    }

    /// Adds what another thread has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, theirs) in self.counts.iter_mut().zip(other.counts) {
            *count += theirs;
        }
        self.stray += other.stray;
    }

    fn count(&self, look: Look) -> u64 {
        self.counts.get(look as usize).copied().unwrap_or(0)
    }
}

/// What a column of that header holds, of whose cells so many have a value.
pub(crate) fn classify(header: &str, seen: &Seen, valued: u64) -> PersonalData {
    let share = |count: u64, least: (u64, u64)| count > 0 && count * least.1 >= valued * least.0;
    let most = |look: Look| share(seen.count(look), AGREEMENT);
    let has_enough_ids = valued >= LEAST_PLAIN_IDS || seen.count(Look::PlainId) == 0;
    for (look, kind) in [
        (Look::Iban, PersonalData::Iban),
        (Look::NationalId, PersonalData::NationalId),
        (Look::Email, PersonalData::Email),
        (Look::Phone, PersonalData::Phone),
    ] {
        if most(look) && (look != Look::NationalId || has_enough_ids) {
            return kind;
        }
    }
    // Without a cell that says otherwise, a header is believed.
    let fits = |look: Look| valued == 0 || most(look);
    match hint(header) {
        Some(HeaderHint::Email) if fits(Look::Wordy) => return PersonalData::Email,
        Some(HeaderHint::Phone) if fits(Look::MaybePhone) => return PersonalData::Phone,
        Some(HeaderHint::Name) if fits(Look::Wordy) => return PersonalData::Name,
        Some(HeaderHint::MaybeName) if fits(Look::NameShape) => return PersonalData::Name,
        Some(HeaderHint::Iban) if fits(Look::Code) => return PersonalData::Iban,
        Some(HeaderHint::NationalId) if fits(Look::Code) => return PersonalData::NationalId,
        Some(HeaderHint::Birth) => return PersonalData::FreeText,
        Some(HeaderHint::FreeText) if fits(Look::Wordy) => return PersonalData::FreeText,
        _ => {}
    }
    if most(Look::NameShape) && share(seen.count(Look::KnownName), KNOWN_NAMES) {
        return PersonalData::Name;
    }
    if share(seen.count(Look::Mention), MENTIONS) {
        return PersonalData::FreeText;
    }
    PersonalData::NotPersonal
}

/// Whether the header is one for data about people, rather than a cell of a file that has no header.
pub(crate) fn names_personal_data(header: &str) -> bool {
    hint(header).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cells::{Readings, read};

    fn class(header: &str, cells: &[&str]) -> PersonalData {
        let mut seen = Seen::default();
        let mut valued = 0;
        for cell in cells.iter().filter(|cell| !cell.is_empty()) {
            let readings = read(cell).readings;
            valued += u64::from(!readings.meets(Readings::MISSING));
            seen.absorb(look(cell, readings));
        }
        classify(header, &seen, valued)
    }

    #[test]
    fn d2_36_personal_data_is_found_in_columns_that_do_not_say_so() {
        use PersonalData::{Email, FreeText, Iban, Name, NationalId, Phone};
        for (cells, expected) in [
            (["ada@acme.example", "bob@acme.example", "", "n/a", "eve"].as_slice(), Email),
            (&["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "cash"], Iban),
            (&["+49 30 901820", "+1 (212) 555-0100", "+33 1 42 68 53 00"], Phone),
            (&["(212) 555-0100", "212-555-0101", "212.555.0102"], Phone),
            (&["856-45-6789", "123-45-6789", "unknown"], NationalId),
            (&["123.456.789-09", "111.444.777-35"], NationalId),
            (&["12345678Z", "X1234567L"], NationalId),
            (&["RSSMRA85T10A562S", "MRTMTT91D08F205J"], NationalId),
            (&["44051401359", "02070803628", "44051401458", "90090515836", "92071314764"], NationalId),
            (&["Ada Moreau", "Peter van der Berg", "Maria Silva", "Xin Qu"], Name),
            (&["called ada@acme.example on Monday", "nothing", "nothing"], FreeText),
        ] {
            assert_eq!(class("value", cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn headers_of_several_languages_say_what_a_column_holds() {
        use PersonalData::{Email, FreeText, Iban, Name, NationalId, Phone};
        for (header, cells, expected) in [
            ("E-Mail-Adresse", ["ada at acme"].as_slice(), Email),
            ("contact_email", &[], Email),
            ("Telefonnummer", &["030 901820", "0171/1234567"], Phone),
            ("customerPhone", &["2125550100", "2125550101"], Phone),
            ("Vorname", &["Xqwr", "Zzyx"], Name),
            ("Last Name", &["o'xqwr"], Name),
            ("prénom", &["Zélie"], Name),
            ("Name", &["Xqwr Zyx", "Ada Moreau"], Name),
            ("Ansprechpartner", &["Xqwr Zyx"], Name),
            ("IBAN", &["12345678901234"], Iban),
            ("SSN", &["856456789", "123456789"], NationalId),
            ("Sozialversicherungsnummer", &["65 170839 J 003"], NationalId),
            ("codice fiscale", &[], NationalId),
            ("Geburtsdatum", &["1980-02-03"], FreeText),
            ("Notes", &["Is ill until May"], FreeText),
            ("street address", &["Hauptstr. 5"], FreeText),
        ] {
            assert_eq!(class(header, cells), expected, "{header}");
        }
    }

    #[test]
    fn figures_and_words_of_business_are_not_personal() {
        for (header, cells) in [
            ("month", ["2025-01", "2025-02"].as_slice()),
            ("MRR", &["1234567", "2345678", "34567890"]),
            ("MRR (USD)", &["$1,234.50", "$99.10"]),
            ("growth", &["+1,234", "+12"]),
            ("Phone support tickets", &["1234567", "2345678"]),
            ("Mobile revenue", &["1234567", "2345678"]),
            ("Email opens", &["1200", "1300"]),
            ("E-mail sent", &["2025-01-01", "2025-02-01"]),
            ("Email opt-in", &["yes", "no"]),
            ("Metric", &["Gross Margin", "Net Revenue", "New MRR"]),
            ("Metric name", &["Monthly Revenue", "Gross Margin"]),
            ("Name", &["mrr", "customers", "gross margin"]),
            ("Country", &["United Kingdom", "New Zealand", "Costa Rica"]),
            ("Customer name", &["Acme GmbH", "Birch Labs Inc"]),
            ("Order", &["2024-0001", "2024-0002"]),
            ("Invoice id", &["12345678901", "22345678902"]),
            ("customers", &["10", "11", "12"]),
            ("Plan", &["Premium", "Basic"]),
        ] {
            assert_eq!(class(header, cells), PersonalData::NotPersonal, "{header}");
        }
    }

    #[test]
    fn one_cell_of_a_stranger_is_seen_in_a_column_of_figures() {
        let mut seen = Seen::default();
        for cell in ["1200", "ada@acme.example", "1300", "1400"] {
            seen.absorb(look(cell, read(cell).readings));
        }
        assert_eq!((classify("MRR", &seen, 4), seen.stray), (PersonalData::NotPersonal, 1));
    }
}
