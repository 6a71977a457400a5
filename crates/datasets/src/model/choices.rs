//! What a person chooses about the format of a file, as a form sends it.

use std::{collections::BTreeMap, str::FromStr};

use kernel::{AppError, FieldErrors};
use serde::{Deserialize, Serialize};

use super::{ColumnKind, Dataset, Delimiter, Overrides, PersonalData, TextEncoding, UnknownKeyError};

/// The format form as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormatInput {
    /// The key of an encoding; empty to find it out.
    pub encoding: String,
    /// The key of a delimiter; empty to find it out.
    pub delimiter: String,
    /// The keys of column kinds, by `c` and the position of the column.
    pub kinds: BTreeMap<String, String>,
    /// The keys of what columns say about people, by `c` and the position of the column.
    pub personal: BTreeMap<String, String>,
}

impl FormatInput {
    /// What of it is a choice of the person: what was found in the file and left alone stays found.
    pub fn overrides(&self, before: &Dataset) -> Result<Overrides, AppError> {
        let mut errors = FieldErrors::default();
        let format = before.profile.as_ref().map(|profile| &profile.format);
        let encoding = errors.take("encoding", choice::<TextEncoding>(&self.encoding)).flatten();
        let delimiter = errors.take("delimiter", choice::<Delimiter>(&self.delimiter)).flatten();
        let kinds = self.kinds(before, &mut errors);
        let personal = self.personal(before, &mut errors);
        errors.into_result()?;

        let found = format.map(|format| (format.encoding, format.delimiter)).unzip();
        let encoding = unless_found(encoding, before.overrides.encoding, found.0);
        let delimiter = unless_found(delimiter, before.overrides.delimiter, found.1);
        // Another delimiter makes other columns, which nobody has looked at yet.
        let is_same = delimiter == before.overrides.delimiter;
        let (columns, personal) =
            if is_same { (kinds, personal) } else { (BTreeMap::new(), BTreeMap::new()) };
        Ok(Overrides { encoding, delimiter, columns, personal, harmless: before.overrides.harmless.clone() })
    }

    /// The earlier choices, with those of this form in their place.
    fn kinds(&self, before: &Dataset, errors: &mut FieldErrors) -> BTreeMap<u32, ColumnKind> {
        let mut kinds = before.overrides.columns.clone();
        for column in before.profile.iter().flat_map(|profile| &profile.format.columns) {
            let field = format!("c{}", column.index);
            let Some(key) = self.kinds.get(&field) else { continue };
            let parsed = key.parse().map_err(|error: UnknownKeyError| error.to_string());
            let Some(kind) = errors.take(&field, parsed) else { continue };
            if kind != column.detected || column.is_ambiguous || kinds.contains_key(&column.index) {
                kinds.insert(column.index, kind);
            }
        }
        kinds
    }

    /// The earlier choices, with what is said otherwise in this form in their place.
    fn personal(&self, before: &Dataset, errors: &mut FieldErrors) -> BTreeMap<u32, PersonalData> {
        let mut chosen = before.overrides.personal.clone();
        for column in before.profile.iter().flat_map(|profile| &profile.format.columns) {
            let field = format!("c{}", column.index);
            let Some(key) = self.personal.get(&field) else { continue };
            let parsed = key.parse().map_err(|error: UnknownKeyError| error.to_string());
            let Some(kind) = errors.take(&field, parsed) else { continue };
            if kind != column.hides() {
                chosen.insert(column.index, kind);
            }
        }
        chosen
    }
}

fn choice<T: FromStr<Err = UnknownKeyError>>(key: &str) -> Result<Option<T>, String> {
    if key.is_empty() {
        Ok(None)
    } else {
        key.parse().map(Some).map_err(|error: UnknownKeyError| error.to_string())
    }
}

fn unless_found<T: PartialEq + Copy>(chosen: Option<T>, before: Option<T>, found: Option<T>) -> Option<T> {
    if before.is_none() && chosen == found { None } else { chosen }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnFormat, DateFormat, DecimalMark, FileFormat, FileProfile};

    fn column(index: u32, detected: ColumnKind, is_ambiguous: bool) -> ColumnFormat {
        ColumnFormat {
            index,
            header: String::new(),
            name: String::new(),
            detected,
            kind: detected,
            is_ambiguous,
            currency: crate::NamedCurrency::Unnamed,
            personal: Some(PersonalData::NotPersonal),
            is_header_withheld: false,
            samples: Vec::new(),
            filled: 0,
            empty: 0,
            understood: 0,
            distinct: 0,
            is_distinct_capped: false,
            minimum: None,
            maximum: None,
        }
    }

    /// A file with commas, an ambiguous date and a whole number.
    fn dataset() -> Dataset {
        let format = FileFormat {
            encoding: TextEncoding::Utf8,
            is_encoding_certain: true,
            has_byte_order_mark: false,
            delimiter: Delimiter::Comma,
            header_line: 1,
            totals_line: None,
            has_stray_personal_data: false,
            columns: vec![
                column(0, ColumnKind::Date(DateFormat::DayFirst), true),
                column(1, ColumnKind::WholeNumber, false),
            ],
        };
        let profile = FileProfile {
            format,
            rows: 1,
            size_bytes: 1,
            problems: Vec::new(),
            problem_count: 0,
            notes: Vec::new(),
        };
        let summary = r#"{"id":"00000000-0000-0000-0000-000000000001","name":"a.csv","size_bytes":1,
            "uploaded_at":"2026-10-04T14:02:00Z","state":"ready","row_count":1}"#;
        Dataset {
            summary: serde_json::from_str(summary).unwrap(),
            sha256: String::new(),
            problem: None,
            overrides: Overrides::default(),
            profile: Some(profile),
            has_table: false,
        }
    }

    fn input(delimiter: &str, kinds: &[(&str, &str)]) -> FormatInput {
        let kinds = kinds.iter().map(|(field, key)| ((*field).to_owned(), (*key).to_owned())).collect();
        FormatInput {
            encoding: "utf_8".to_owned(),
            delimiter: delimiter.to_owned(),
            kinds,
            personal: BTreeMap::new(),
        }
    }

    #[test]
    fn what_was_found_and_left_alone_is_no_choice() {
        let overrides = input("comma", &[("c1", "whole_number")]).overrides(&dataset()).unwrap();
        assert_eq!(overrides, Overrides::default());
    }

    #[test]
    fn sending_an_ambiguous_column_confirms_it() {
        let overrides = input("comma", &[("c0", "date_day_first")]).overrides(&dataset()).unwrap();
        assert_eq!(overrides.columns, BTreeMap::from([(0, ColumnKind::Date(DateFormat::DayFirst))]));
    }

    #[test]
    fn another_kind_is_kept_and_can_be_taken_back() {
        let mut dataset = dataset();
        let money = ColumnKind::Money(DecimalMark::Comma);
        let overrides = input("comma", &[("c1", "money_comma")]).overrides(&dataset).unwrap();
        assert_eq!(overrides.columns, BTreeMap::from([(1, money)]));
        dataset.overrides = overrides;
        let back = input("comma", &[("c1", "whole_number")]).overrides(&dataset).unwrap();
        assert_eq!(back.columns, BTreeMap::from([(1, ColumnKind::WholeNumber)]));
    }

    #[test]
    fn another_delimiter_forgets_the_kinds_of_the_old_columns() {
        let overrides = input("semicolon", &[("c1", "text")]).overrides(&dataset()).unwrap();
        assert_eq!((overrides.delimiter, overrides.columns.len()), (Some(Delimiter::Semicolon), 0));
    }

    #[test]
    fn an_unknown_choice_is_refused_beside_its_column() {
        let refused = input("comma", &[("c1", "roman numerals")]).overrides(&dataset()).unwrap_err();
        assert_eq!(refused.fields().first().map(|error| error.field.as_str()), Some("c1"));
    }
}
