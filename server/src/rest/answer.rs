//! Refusals and file answers that all handlers share.

use std::str::FromStr;

use http::{HeaderMap, HeaderValue, header};
use kernel::{Actor, AppError, OrInternal};
use platform::saved_as;
use tower_sessions::Session;

use crate::services::Services;

/// Who acts in the workspace with that address.
pub(super) async fn actor(
    services: &Services,
    session: &Session,
    workspace: &str,
) -> Result<Actor, AppError> {
    let user_id = session.get(api::USER_KEY).await.or_internal("reading the session")?;
    services.accounts.authorise(user_id, workspace).await
}

/// The id in an address; what is none leads nowhere.
pub(crate) fn id<T: FromStr>(text: &str, what: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| AppError::not_found(what))
}

/// Whether a browser asks for a page, as forms without JavaScript do.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Headers of a file that is saved and never shown or run by the browser.
pub(super) fn attachment(name: &str, media_type: &'static str) -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&saved_as(name)).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
        ),
    ]
}
