//! Types shared with the browser.

mod account;
mod administration;
mod country;
mod keys;
#[cfg(feature = "server")]
mod leaving;
mod members;
mod person;
mod profile;
mod records;
mod taxonomy;

pub use account::{AccountView, SessionView, session_keys};
pub use administration::{
    EMERGENCY_MINUTES, EmergencyLook, PausedPlace, PersonLine, PersonState, WorkspaceLine, parse_reason,
};
pub use country::{COUNTRIES, country_name};
pub use keys::{ApiKeyView, NewApiKey, NewApiKeyInput};
#[cfg(feature = "server")]
pub use leaving::{DoneAs, EndedProgram, Identity, LookOfPerson, PersonExport, WorkspaceOfPerson};
pub use members::{InvitationView, MemberView, MembersView, NewInvitation, OpenInvitation};
pub use person::{NewPerson, Person, WorkspaceSummary, WorkspaceView};
#[cfg(feature = "server")]
pub(crate) use person::{
    check_new_password, parse_email_field, parse_email_of_provider, parse_workspace_name,
};
pub use profile::{CompanyProfile, ProfileInput};
pub use records::{RecordLine, RecordsInput, RecordsView};
pub use taxonomy::{Industry, Stage};
