//! Who acts, found from the session of the request.

use accounts::{Accounts, Attempt};
use axum::http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, RETRY_AFTER, USER_AGENT},
    request::Parts,
};
use chrono::TimeDelta;
use kernel::{Actor, Administrator, AppError, OrInternal, UserId};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use platform::Origin;
use tower_sessions::Session;

/// Under which name a session holds the id of the person.
pub const USER_KEY: &str = accounts::session_keys::USER;

/// How long a proof of who one is opens the area of administrators.
const ADMINISTRATORS_STAY: TimeDelta = TimeDelta::minutes(30);

/// The session of this request.
pub async fn session() -> Result<Session, AppError> {
    leptos_axum::extract::<Session>().await.or_internal("reading the session")
}

/// The person who is signed in, if anyone is.
pub async fn user_id() -> Result<Option<UserId>, AppError> {
    user_id_of(&session().await?).await
}

async fn user_id_of(session: &Session) -> Result<Option<UserId>, AppError> {
    session.get(USER_KEY).await.or_internal("reading the session")
}

/// Keeps a text in the session until it is shown in that workspace.
pub async fn keep_in_session(
    session: &Session,
    (workspace, key): (&str, &str),
    text: String,
) -> Result<(), AppError> {
    session.insert(&format!("{key} of {workspace}"), text).await.or_internal("writing the session")
}

/// What a handler left in the session to be shown once.
pub async fn take_once(key: &str) -> Result<Option<String>, AppError> {
    const DOING: &str = "reading the session";
    let session = session().await?;
    // Removing what is not there would count as a change and be written.
    match session.get_value(key).await.or_internal(DOING)? {
        Some(_) => session.remove(key).await.or_internal(DOING),
        None => Ok(None),
    }
}

/// What was kept to be shown once in that workspace.
pub async fn take_from_session((workspace, key): (&str, &str)) -> Result<Option<String>, AppError> {
    take_once(&format!("{key} of {workspace}")).await
}

/// A sentence that a handler left in the session.
pub async fn read_session(session: &Session, key: &str) -> Result<Option<String>, AppError> {
    session.get(key).await.or_internal("reading the session")
}

/// The service and the actor in the workspace with that address; authority comes from the database now.
///
/// Everything of the request's context is taken before anything is waited for: a page may stop waiting for a function that
/// still runs, and then its context is gone.
pub async fn enter<Service: Clone + 'static>(workspace: &str) -> Result<(Service, Actor), AppError> {
    let service = expect_context::<Service>();
    let accounts = expect_context::<Accounts>();
    let user_id = user_id().await?;
    let actor = accounts.authorise(user_id, workspace).await?;
    Ok((service, actor))
}

/// Signs the person in: a new session id, so that one known before is worth nothing after.
pub async fn begin_session(user_id: UserId) -> Result<(), AppError> {
    let accounts = expect_context::<Accounts>();
    let device = device();
    accounts.begin_session(&session().await?, user_id, (&device, true)).await
}

/// Whether the person showed who they are a few minutes ago. If not, the answer leads to where that is done, and then to `next`.
pub async fn is_proved(next: &str) -> Result<bool, AppError> {
    let accounts = expect_context::<Accounts>();
    if accounts.is_proved(&session().await?).await? {
        return Ok(true);
    }
    leptos_axum::redirect(&format!("/account/prove?next={next}"));
    Ok(false)
}

/// The administrator who asks: somebody who runs the instance and showed who they are within the last half hour.
pub async fn administrator() -> Result<Administrator, AppError> {
    let accounts = expect_context::<Accounts>();
    let session = session().await?;
    let administrator = accounts.administrator(user_id_of(&session).await?).await?;
    if accounts.is_proved_within(&session, ADMINISTRATORS_STAY).await? {
        return Ok(administrator);
    }
    Err(AppError::forbidden("Confirm that it is you: administration asks for that every half hour"))
}

/// The administrator who is about to do something, and showed within the last minutes who they are. If not, the answer leads to where that
/// is done, and then to `next`.
pub async fn acting_administrator(next: &str) -> Result<Option<Administrator>, AppError> {
    let accounts = expect_context::<Accounts>();
    let session = session().await?;
    let administrator = accounts.administrator(user_id_of(&session).await?).await?;
    Ok(is_proved(next).await?.then_some(administrator))
}

/// The browser and the system that ask.
pub fn device() -> String {
    let parts = use_context::<Parts>();
    let agent =
        parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)).and_then(|agent| agent.to_str().ok());
    accounts::device_name(agent.unwrap_or_default())
}

/// Signs out: the session is gone from the server too.
pub async fn end_session() -> Result<(), AppError> {
    let accounts = expect_context::<Accounts>();
    accounts.sign_out(&session().await?).await
}

/// Where the caller tries to sign in from.
pub fn attempt() -> Attempt {
    let origin = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Origin>().cloned());
    Attempt { address: origin.and_then(|origin| origin.address) }
}

/// Whether a browser without JavaScript (or before it has loaded) sent a form.
pub fn form_post() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    })
}

/// Gives the answer of a server function the status of its error; a plain form is redirected instead and keeps its 302.
pub(crate) fn set_status(error: &AppError) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let AppError::RateLimited { retry_after_seconds } = error {
        response.insert_header(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
    if form_post() {
        return;
    }
    if let Ok(status) = StatusCode::from_u16(error.status()) {
        response.set_status(status);
    }
}

/// Gives a page the status of the error it shows.
pub(crate) fn set_status_of_page(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}
