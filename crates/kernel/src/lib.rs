//! The words every part of Quartile shares: ids, time, money, periods, units, who acts and what may go wrong.
//!
//! **Architecture invariant:** nothing here does I/O, and without the `server` feature everything compiles for the
//! browser. Time and randomness are traits, so that whoever needs them is handed them.

mod actor;
mod administrator;
mod ambient;
#[cfg(feature = "server")]
mod causes;
mod errors;
mod format;
mod formulas;
mod ids;
mod keyed;
mod mask;
mod money;
mod next;
mod page;
mod period;
mod proof;
mod scope;
mod unit;

pub use actor::{Actor, Permission, Role, WorkspaceScope, on_refusal};
pub use administrator::Administrator;
pub use ambient::{Ambient, Clock, Entropy, FixedClock, SeededEntropy};
#[cfg(feature = "server")]
pub use ambient::{SystemClock, SystemEntropy};
#[cfg(feature = "server")]
pub use causes::{OrInternal, Recogniser, recognise};
pub use errors::{AppError, FieldError, FieldErrors};
pub use format::{Figure, MISSING, THIN_SPACE, count, delta, figure, file_size, hex, ordinal, plain};
pub use formulas::looks_like_formula;
pub use ids::*;
pub use mask::{WITHHELD, mask_email, mask_iban, mask_name, mask_phone};
pub use money::{Currency, Money};
pub use next::path_on_this_site;
pub use page::{Page, PageRequest};
pub use period::{Month, ParsePeriodError, Quarter};
pub use proof::Proof;
pub use scope::Scope;
pub use unit::{Direction, Unit};
