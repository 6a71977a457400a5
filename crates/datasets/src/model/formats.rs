//! How a file is written: its encoding, its delimiter and its columns.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use kernel::Currency;
use serde::{Deserialize, Serialize};

use super::{ColumnKind, Dataset, DatasetState, PersonalData, UnknownKeyError};

macro_rules! choices {
    ($(#[$docs:meta])* $name:ident { $($(#[$variant_docs:meta])* $variant:ident $key:literal $label:literal),+ $(,)? }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $($(#[$variant_docs])* $variant),+
        }

        impl $name {
            /// Every choice, in the order of a select.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What stands in forms and stored formats.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// What people read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownKeyError;
            fn from_str(key: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|choice| choice.key() == key).ok_or_else(|| UnknownKeyError(key.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownKeyError;
            fn try_from(key: String) -> Result<Self, Self::Error> {
                key.parse()
            }
        }

        impl From<$name> for String {
            fn from(choice: $name) -> Self {
                choice.key().to_owned()
            }
        }
    };
}

pub(super) use choices;

choices! {
    /// How the bytes of a file stand for letters.
    TextEncoding {
        /// What nearly every program writes today.
        Utf8 "utf_8" "UTF-8",
        /// Excel's “Unicode text”.
        Utf16Le "utf_16_le" "UTF-16 (little-endian)",
        /// UTF-16 from older machines.
        Utf16Be "utf_16_be" "UTF-16 (big-endian)",
        /// Older Windows programs in western Europe and America.
        Windows1252 "windows_1252" "Windows (Western, 1252)",
        /// Older Japanese programs.
        ShiftJis "shift_jis" "Japanese (Shift JIS)",
        /// Older Chinese programs.
        Gb18030 "gb_18030" "Chinese (GB 18030)",
    }
}

choices! {
    /// What stands between two cells.
    Delimiter {
        /// `,`
        Comma "comma" "Comma",
        /// `;`
        Semicolon "semicolon" "Semicolon",
        /// The tabulator.
        Tab "tab" "Tab",
        /// `|`
        Pipe "pipe" "Vertical bar",
    }
}

impl Delimiter {
    /// The delimiter itself.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }

    /// The choice for a byte.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|delimiter| delimiter.byte() == byte)
    }
}

/// How a file is written and what each column is read as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFormat {
    /// How its bytes stand for letters.
    pub encoding: TextEncoding,
    /// Whether the encoding follows from the file; otherwise the person is asked to look at the samples.
    pub is_encoding_certain: bool,
    /// Whether it starts with a byte-order mark.
    pub has_byte_order_mark: bool,
    /// What stands between two cells.
    pub delimiter: Delimiter,
    /// The line with the names of the columns, counted from 1; data starts behind it.
    pub header_line: u64,
    /// A last row that looks like a total and is left out, because it would count everything twice.
    pub totals_line: Option<u64>,
    /// The columns in their order.
    pub columns: Vec<ColumnFormat>,
    /// Whether single cells are plainly personal outside of the columns that are, or in rows that cannot be read.
    #[serde(default)]
    pub has_stray_personal_data: bool,
}

impl FileFormat {
    /// The name of a column, for messages.
    pub fn column_name(&self, index: u32) -> &str {
        self.columns.iter().find(|column| column.index == index).map_or("", |column| &column.name)
    }

    /// Whether anything of the file is masked.
    pub fn holds_personal_data(&self) -> bool {
        self.has_stray_personal_data || self.columns.iter().any(|column| column.hides().is_personal())
    }
}

/// The currency that a column names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedCurrency {
    /// None.
    #[default]
    Unnamed,
    /// A dollar sign alone, which many countries write.
    Dollar,
    /// One that Quartile can hold amounts in.
    Known(Currency),
    /// Another.
    Other,
    /// Several.
    Mixed,
}

impl NamedCurrency {
    /// What a column names of which one part names this and the other that.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Unnamed, named) | (named, Self::Unnamed) => named,
            (Self::Dollar, Self::Known(dollar)) | (Self::Known(dollar), Self::Dollar)
                if is_dollar(dollar) =>
            {
                Self::Known(dollar)
            }
            _ => Self::Mixed,
        }
    }

    /// Whether the amounts can be in `own`.
    pub fn may_be(self, own: Currency) -> bool {
        match self {
            Self::Unnamed => true,
            Self::Dollar => is_dollar(own),
            Self::Known(currency) => currency == own,
            Self::Other | Self::Mixed => false,
        }
    }
}

fn is_dollar(currency: Currency) -> bool {
    matches!(currency, Currency::Usd | Currency::Cad | Currency::Aud | Currency::Sgd)
}

/// One column: what the file says, what it is read as, and what its cells look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnFormat {
    /// Its place, counted from 0.
    pub index: u32,
    /// Its name as in the file.
    pub header: String,
    /// Its name in Quartile: unique in the file without regard to case, and the same for the same header row.
    pub name: String,
    /// What all its cells together look like.
    pub detected: ColumnKind,
    /// What it is read as: the person's choice, or else what was detected.
    pub kind: ColumnKind,
    /// Whether its cells can be read in two ways, so that a person should confirm the choice.
    pub is_ambiguous: bool,
    /// The currency that its cells name, or else its header.
    pub currency: NamedCurrency,
    /// What its cells say about people: the person's choice, or else what was detected; `None` if nobody has looked at it yet.
    #[serde(default)]
    pub personal: Option<PersonalData>,
    /// Whether its header was never seen in a layout in which it is known to be harmless: by another layout a row of people may stand there.
    #[serde(default)]
    pub is_header_withheld: bool,
    /// The first three different cells that are not empty, shortened.
    pub samples: Vec<String>,
    /// How many cells hold something.
    pub filled: u64,
    /// How many cells are empty.
    pub empty: u64,
    /// How many filled cells can be read as `kind`.
    pub understood: u64,
    /// How many different cells there are, counted up to a limit.
    pub distinct: u64,
    /// Whether counting stopped at the limit, so that there are at least `distinct`.
    pub is_distinct_capped: bool,
    /// The smallest number or earliest date, as written; `None` for text.
    pub minimum: Option<String>,
    /// The largest number or latest date, as written; `None` for text.
    pub maximum: Option<String>,
}

impl ColumnFormat {
    /// As what its cells are masked; all of them are withheld until somebody has looked at them.
    pub fn hides(&self) -> PersonalData {
        self.personal.unwrap_or(PersonalData::FreeText)
    }
}

/// What a person chose instead of what was detected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overrides {
    /// The encoding.
    #[serde(default)]
    pub encoding: Option<TextEncoding>,
    /// The delimiter.
    #[serde(default)]
    pub delimiter: Option<Delimiter>,
    /// The kinds of columns, by their index.
    #[serde(default)]
    pub columns: BTreeMap<u32, ColumnKind>,
    /// What columns say about people, by their index.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<u32, PersonalData>,
    /// Headers of columns that were not personal before somebody read a file with personal data by another layout. All others are
    /// withheld, so that nobody unmasks a file by misreading it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harmless: Option<BTreeSet<String>>,
}

impl Overrides {
    /// Whether cells are parted and read as letters in the same way.
    pub fn has_layout_of(&self, other: &Self) -> bool {
        (self.encoding, self.delimiter) == (other.encoding, other.delimiter)
    }

    /// Whether it would show what is masked, or could: a column that is personal is called something else, nobody says any more that it is,
    /// or something is said of columns of a file that was not read yet as it is to be read.
    pub fn lays_bare(&self, before: &Dataset) -> bool {
        let is_same = self.has_layout_of(&before.overrides);
        let columns = before.profile.iter().flat_map(|profile| &profile.format.columns);
        let personal = columns.filter(|column| column.hides().is_personal());
        let is_forgotten =
            |index: &u32| before.overrides.personal.contains_key(index) && !self.personal.contains_key(index);
        // Whoever calls what is withheld a name or an address would see its beginning.
        let is_called_harmless = |column: &ColumnFormat| {
            let hides = column.hides();
            let is_withheld = matches!(hides, PersonalData::FreeText | PersonalData::NationalId);
            self.personal
                .get(&column.index)
                .is_some_and(|kind| !kind.is_personal() || (is_withheld && *kind != hides))
        };
        let is_laid_bare = personal
            .clone()
            .any(|column| is_called_harmless(column) || (is_same && is_forgotten(&column.index)));
        // Until the file was read as it is to be read now, nobody knows what stands in which column.
        let is_known = before.profile.is_some() && before.summary.state != DatasetState::Reading;
        let is_said_anew = |(index, kind)| before.overrides.personal.get(index) != Some(kind);
        let is_said_blindly = !is_known
            && if is_same {
                self.personal != before.overrides.personal
            } else {
                self.personal.iter().any(is_said_anew)
            };
        // By another layout the columns are others, of which nobody knows yet what they hold.
        let holds_any = before.profile.as_ref().is_none_or(|profile| profile.format.holds_personal_data());
        is_laid_bare
            || is_said_blindly
            || (!is_same && holds_any && self.personal.values().any(|kind| !kind.is_personal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_travel_as_json_by_their_keys() {
        let chosen = Overrides {
            delimiter: Some(Delimiter::Semicolon),
            columns: BTreeMap::from([(2, ColumnKind::YesNo)]),
            ..Overrides::default()
        };
        let json = serde_json::to_string(&chosen).unwrap();
        assert_eq!(json, r#"{"encoding":null,"delimiter":"semicolon","columns":{"2":"yes_no"}}"#);
        assert_eq!(serde_json::from_str::<Overrides>(&json).unwrap(), chosen);
        assert_eq!(serde_json::from_str::<Overrides>("{}").unwrap(), Overrides::default());
    }
}
