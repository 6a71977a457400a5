//! Files as everybody may see them: cells of personal columns are masked, and so is a cell that is plainly personal wherever it stands.

use std::io::{Read, Write};

use kernel::WITHHELD;

use super::{
    FileError, Limits, Row,
    cells::{read, trimmed},
    personal::{Look, look, names_personal_data},
    records,
    writing::RowWriter,
};
use crate::{ColumnFormat, Dataset, FileFormat, PersonalData, RowProblem};

/// A file with what was found in it, as everybody may see it.
pub fn mask_dataset(mut dataset: Dataset) -> Dataset {
    dataset.overrides.harmless = None;
    if let Some(profile) = &mut dataset.profile {
        let shown = mask_format(&profile.format);
        profile.problems =
            profile.problems.iter().map(|problem| masked_problem(problem, &profile.format, &shown)).collect();
        if profile.format.columns.iter().any(|column| column.personal.is_none()) {
            // Nobody has looked at what the notes cite.
            profile.notes.clear();
        }
        profile.format = shown;
    }
    dataset
}

/// The format with masked samples, ends and headers.
pub fn mask_format(format: &FileFormat) -> FileFormat {
    FileFormat { columns: format.columns.iter().map(masked_column).collect(), ..format.clone() }
}

/// A cell of that column as everybody may see it.
pub fn masked_cell(format: &FileFormat, column: u32, cell: &str) -> String {
    masked(
        format
            .columns
            .iter()
            .find(|known| known.index == column)
            .map_or(PersonalData::NotPersonal, ColumnFormat::hides),
        cell,
    )
}

/// The cells of a row that fits its columns, as everybody may see them.
pub fn masked_cells<'a>(format: &FileFormat, cells: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let hidden =
        format.columns.iter().map(ColumnFormat::hides).chain(std::iter::repeat(beyond_columns(format)));
    cells.into_iter().zip(hidden).map(|(cell, hides)| masked(hides, cell)).collect()
}

/// A cell of a row that does not fit its columns: nobody knows to which of them it belongs.
pub fn masked_misplaced(format: &FileFormat, cell: &str) -> String {
    masked(beyond_columns(format), cell)
}

fn beyond_columns(format: &FileFormat) -> PersonalData {
    if format.holds_personal_data() { PersonalData::FreeText } else { PersonalData::NotPersonal }
}

/// Writes a copy of a file in which everything personal is masked: from its header on, with its delimiter, in UTF-8.
pub fn write_masked<R: Read, W: Write>(
    source: R,
    format: &FileFormat,
    limits: &Limits,
    out: W,
) -> Result<W, FileError> {
    let mut writer = RowWriter::new(out, format.delimiter)?;
    writer.write(mask_format(format).columns.iter().map(|column| column.header.as_str()))?;
    let whole = FileFormat { totals_line: None, ..format.clone() };
    let mut rows = records(source, &whole, limits)?;
    while let Some(row) = rows.next_row()? {
        let cells = match row {
            Row::Record(record) => masked_cells(format, record.cells()),
            Row::Rejected(row) => row.cells().map(|cell| masked_misplaced(format, &cell)).collect(),
        };
        writer.write(cells.iter().map(String::as_str))?;
    }
    Ok(writer.finish()?)
}

/// A cell that everybody may see: masked by its column, or because it is plainly personal.
fn masked(hides: PersonalData, cell: &str) -> String {
    if hides.is_personal() {
        return hides.mask(cell);
    }
    match trimmed(cell) {
        "" => cell.to_owned(),
        text => look(text, read(text).readings).told().mask(cell),
    }
}

fn masked_problem(problem: &RowProblem, format: &FileFormat, shown: &FileFormat) -> RowProblem {
    let value = match problem.column {
        Some(column) => masked_cell(format, column, &problem.value),
        None => masked_misplaced(format, &problem.value),
    };
    let column_name = problem.column.map_or_else(String::new, |column| shown.column_name(column).to_owned());
    RowProblem { column_name, value, ..problem.clone() }
}

/// A column with masked samples and ends; a header that is a cell in truth is masked too.
pub(super) fn masked_column(column: &ColumnFormat) -> ColumnFormat {
    let hides = column.hides();
    let shown = ColumnFormat {
        samples: column.samples.iter().map(|sample| masked(hides, sample)).collect(),
        minimum: column.minimum.clone().filter(|_| !hides.is_personal()),
        maximum: column.maximum.clone().filter(|_| !hides.is_personal()),
        ..column.clone()
    };
    let header = if column.is_header_withheld {
        Some(WITHHELD.to_owned())
    } else {
        masked_header(&column.header, hides)
    };
    match header {
        Some(header) => {
            let name = format!("column_{} {header}", column.index + 1);
            ColumnFormat { header: name.clone(), name, ..shown }
        }
        None => shown,
    }
}

/// A file without a header has a row of data where names of columns are expected.
fn masked_header(header: &str, hides: PersonalData) -> Option<String> {
    let text = trimmed(header);
    if text.is_empty() || names_personal_data(text) {
        return None;
    }
    let looks = look(text, read(text).readings);
    if looks.is_telling() {
        return Some(looks.told().mask(text));
    }
    let is_cell = match hides {
        PersonalData::Name => looks.has(Look::NameShape),
        PersonalData::Phone | PersonalData::Iban | PersonalData::NationalId => looks.has(Look::Code),
        PersonalData::FreeText => text.split_whitespace().count() > 3,
        PersonalData::NotPersonal | PersonalData::Email => false,
    };
    is_cell.then(|| hides.mask(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Overrides, engine::profile};

    const PEOPLE: &str = "Name;E-mail;Phone;IBAN;SSN;Notes;MRR\n\
        Ada Moreau;ada@canary.example;+49 30 901820;DE89370400440532013000;856-45-6789;Is ill until May;1.200,50\n\
        Bob Canary;bob@canary.example;+49 30 901821;GB82WEST12345698765432;123-45-6789;Called on Monday;900,00\n\
        Eve Canary;eve@canary.example;eve@canary.example;NL91ABNA0417164300;078-05-1120;Likes tea a lot;eve@canary.example\n\
        Ada Canary;ada@canary.example;;;;;800,00\n\
        Bob Moreau;bob@canary.example;;;;;700,00\n\
        Mallory Canary;too;few\n";
    const CANARIES: [&str; 12] = [
        "Moreau",
        "Canary",
        "ada@",
        "eve@",
        "@canary",
        "9018",
        "DE89",
        "WEST",
        "856-45",
        "ill until",
        "Mallory",
        "tea",
    ];

    fn limits() -> Limits {
        Limits { threads: 1, ..Limits::default() }
    }

    fn assert_masked(what: &str, text: &str) {
        for canary in CANARIES {
            assert!(!text.contains(canary), "{what} holds {canary}: {text}");
        }
    }

    #[test]
    fn a_masked_profile_and_copy_hold_nothing_of_people() {
        use PersonalData::{Email, FreeText, Iban, Name, NationalId, NotPersonal, Phone};
        let found = profile(PEOPLE.as_bytes(), 0, &limits(), &Overrides::default()).unwrap();
        let kinds: Vec<PersonalData> = found.format.columns.iter().map(ColumnFormat::hides).collect();
        assert_eq!(kinds, [Name, Email, Phone, Iban, NationalId, FreeText, NotPersonal]);
        let shown = mask_format(&found.format);
        assert_masked("the format", &serde_json::to_string(&shown).unwrap());
        let problems: Vec<RowProblem> =
            found.problems.iter().map(|problem| masked_problem(problem, &found.format, &shown)).collect();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_masked("the problems", &format!("{problems:?}"));
        assert_masked("the notes", &found.notes.join("\n"));
        let copy = write_masked(PEOPLE.as_bytes(), &found.format, &limits(), Vec::new()).unwrap();
        let copy = String::from_utf8(copy).unwrap();
        assert_masked("the copy", &copy);
        let lines: Vec<&str> = copy.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.first(), Some(&"Name;E-mail;Phone;IBAN;SSN;Notes;MRR"));
        assert_eq!(
            lines.get(1),
            Some(&"A. M.;a***@c***.example;***20;***3000;(withheld);(withheld);1.200,50")
        );
        assert_eq!(lines.get(3).and_then(|line| line.rsplit(';').next()), Some("e***@c***.example"));
        assert_eq!(lines.get(6), Some(&"(withheld);(withheld);(withheld)"));
    }

    #[test]
    fn a_file_without_a_header_shows_no_person_where_names_of_columns_are_expected() {
        let file = "Ada Moreau,ada@canary.example,1200\nBob Canary,bob@canary.example,1300\nEve Canary,eve@canary.example,1400\n";
        let found = profile(file.as_bytes(), 0, &limits(), &Overrides::default()).unwrap();
        let shown = mask_format(&found.format);
        assert_masked("the format", &serde_json::to_string(&shown).unwrap());
        assert_masked("the notes", &found.notes.join("\n"));
        let copy = write_masked(file.as_bytes(), &found.format, &limits(), Vec::new()).unwrap();
        assert_masked("the copy", &String::from_utf8(copy).unwrap());
    }

    #[test]
    fn a_column_that_nobody_has_looked_at_is_withheld() {
        let mut found =
            profile(b"a,b\nAda Moreau,1\n".as_slice(), 0, &limits(), &Overrides::default()).unwrap();
        for column in &mut found.format.columns {
            column.personal = None;
        }
        assert!(found.format.holds_personal_data());
        assert_eq!(masked_cells(&found.format, ["x", "1"]), [WITHHELD, WITHHELD]);
    }

    #[test]
    fn a_file_about_no_person_is_shown_as_it_is() {
        let file = "month,MRR,customers\n2026-01,1000.50,10\n2026-02,1100,eleven\n2026-03,1200,12\n";
        let found = profile(file.as_bytes(), 0, &limits(), &Overrides::default()).unwrap();
        assert!(!found.format.holds_personal_data());
        assert_eq!(mask_format(&found.format), found.format);
        let copy = write_masked(file.as_bytes(), &found.format, &limits(), Vec::new()).unwrap();
        assert_eq!(String::from_utf8(copy).unwrap(), format!("\u{feff}{}", file.replace('\n', "\r\n")));
    }
}
