//! Types shared with the browser.

mod country;
mod person;
mod profile;
mod taxonomy;

pub use country::{COUNTRIES, country_name};
#[cfg(feature = "server")]
pub(crate) use person::parse_email_of_provider;
pub use person::{NewPerson, Person, WorkspaceSummary, WorkspaceView};
pub use profile::{CompanyProfile, ProfileInput};
pub use taxonomy::{Industry, Stage};
