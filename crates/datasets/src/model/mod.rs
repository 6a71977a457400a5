//! What people see and choose about a file; shared with the browser.

mod choices;
mod decimals;
mod formats;
mod kinds;
mod personal;
mod profiles;
mod uploads;

pub use choices::FormatInput;
pub use decimals::{Decimal, ParseDecimalError};
pub use formats::{ColumnFormat, Delimiter, FileFormat, NamedCurrency, Overrides, TextEncoding};
pub use kinds::{ColumnKind, DateFormat, DecimalMark, UnknownKeyError};
pub use personal::PersonalData;
pub use profiles::{FileProfile, RowProblem};
pub use uploads::{Dataset, DatasetState, DatasetSummary};
