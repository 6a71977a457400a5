//! What all server functions share: the error that reaches the browser, who acts, and the state of a form.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

#[cfg(feature = "ssr")]
mod actor;
mod error;
mod form;
mod page;

#[cfg(feature = "ssr")]
pub use actor::{
    USER_KEY, acting_administrator, administrator, attempt, begin_session, end_session, enter, form_post,
    is_proved, keep_in_session, read_session, session, take_from_session, take_once, user_id,
};
pub use error::ApiError;
pub use form::FormState;
pub use kernel::path_on_this_site;
pub use page::{ErrorPage, set_page_status};
