//! Signing in as a person.

use accounts::{Attempt, Tokens, WorkspaceSummary};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use chrono::{DateTime, Utc};
use kernel::AppError;
use platform::Origin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::Person,
    exchange::{Body, Id},
};
use crate::{rest::problem::Problem, services::Services};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The address.
    #[schema(max_length = 254)]
    email: String,
    /// The password.
    #[schema(max_length = 4096)]
    password: String,
}

/// The token that is given up for new ones.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// Good once.
    #[schema(max_length = 100)]
    refresh_token: String,
}

/// Tokens of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenAnswer {
    /// Shown in the header Authorization with every request.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good once, for new tokens.
    refresh_token: String,
}

impl From<Tokens> for TokenAnswer {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
        }
    }
}

/// A person and where they belong.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// The person.
    id: Uuid,
    /// What the person is called.
    name: String,
    /// The address.
    email: String,
    /// Every workspace they belong to.
    workspaces: Vec<WorkspaceLink>,
}

/// A workspace one belongs to.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkspaceLink {
    /// Its id.
    pub(crate) id: Uuid,
    /// What names it in the header Quartile-Workspace.
    pub(crate) slug: String,
    /// The company's name.
    pub(crate) name: String,
}

impl From<WorkspaceSummary> for WorkspaceLink {
    fn from(workspace: WorkspaceSummary) -> Self {
        Self { id: workspace.id.uuid(), slug: workspace.slug, name: workspace.name }
    }
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password from now on.
    #[schema(min_length = 15, max_length = 256)]
    new_password: String,
    /// The one until now. Whoever confirmed in the browser in the last ten minutes may leave it out.
    #[schema(max_length = 4096)]
    password: Option<String>,
}

/// One place where a person is signed in: a browser, or a program with tokens.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionItem {
    /// What it is ended by.
    id: Uuid,
    /// The browser or program and its system.
    device: String,
    /// Whether it is a program with tokens, and not a browser.
    is_program: bool,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    seen_at: DateTime<Utc>,
}

/// Sign in with a password.
#[utoipa::path(post, path = "/auth/signin", tag = "auth", operation_id = "sign_in", request_body = SignIn,
    responses((status = 200, body = TokenAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn sign_in(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Body(form): Body<SignIn>,
) -> Result<Json<TokenAnswer>, Problem> {
    let attempt = Attempt { address: origin.address };
    let person = services.accounts.sign_in(&form.email, &form.password, attempt).await;
    let person = person.map_err(|error| match error {
        // Everything that could be wrong with the form was looked at before.
        AppError::Invalid { .. } => Problem::plain(StatusCode::UNAUTHORIZED, error.to_string()),
        other => other.into(),
    })?;
    Ok(Json(services.accounts.begin_tokens(person.id, &device(&headers)).await?.into()))
}

/// How people sign in with Google.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoogleAnswer {
    /// Whether the operator has set it up.
    is_set_up: bool,
    /// Where a browser begins; what a person does there signs that browser in.
    start: String,
}

/// How people sign in with Google: that begins in a browser and ends in a session of that browser. A program gets tokens with
/// `POST /auth/signin`, or uses a key.
#[utoipa::path(get, path = "/auth/google", tag = "auth", operation_id = "google",
    responses((status = 200, body = GoogleAnswer)))]
pub(crate) async fn google(State(services): State<Services>) -> Json<GoogleAnswer> {
    let start = format!("{}/sign-in/google", services.config.server.base_url);
    Json(GoogleAnswer { is_set_up: services.google.is_some(), start })
}

/// Give a refresh token up for new tokens.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", operation_id = "refresh", request_body = Refresh,
    responses((status = 200, body = TokenAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn refresh(
    State(services): State<Services>,
    headers: HeaderMap,
    Body(form): Body<Refresh>,
) -> Result<Json<TokenAnswer>, Problem> {
    Ok(Json(services.accounts.refresh(&form.refresh_token, &device(&headers)).await?.into()))
}

/// End the sign-in that this token or session belongs to.
#[utoipa::path(post, path = "/auth/signout", tag = "auth", operation_id = "sign_out", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn sign_out(
    State(services): State<Services>,
    person: Person,
) -> Result<StatusCode, Problem> {
    if let Some(claims) = &person.claims {
        services.accounts.end_tokens(claims).await?;
    }
    if let Some(session) = &person.session {
        services.accounts.sign_out(session).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Who the caller is.
#[utoipa::path(get, path = "/users/me", tag = "auth", operation_id = "me", security(("bearer" = [])),
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn me(State(services): State<Services>, person: Person) -> Result<Json<Me>, Problem> {
    let found = services.accounts.find_person(person.id).await?.ok_or(AppError::Unauthenticated)?;
    let workspaces = services.accounts.list_workspaces(person.id).await?;
    Ok(Json(Me {
        id: found.id.uuid(),
        name: found.display_name,
        email: found.email,
        workspaces: workspaces.into_iter().map(WorkspaceLink::from).collect(),
    }))
}

/// Who the caller is, as `GET /users/me`.
#[utoipa::path(get, path = "/auth/me", tag = "auth", operation_id = "who_am_i", security(("bearer" = [])),
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn who_am_i(State(services): State<Services>, person: Person) -> Result<Json<Me>, Problem> {
    me(State(services), person).await
}

/// Where the caller is signed in: browsers, and programs with tokens.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", operation_id = "list_sessions", security(("bearer" = [])),
    responses((status = 200, body = Vec<SessionItem>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_sessions(
    State(services): State<Services>,
    person: Person,
) -> Result<Json<Vec<SessionItem>>, Problem> {
    let view = services.accounts.account_view(person.id, None).await?;
    let item = |session: accounts::SessionView| SessionItem {
        id: session.handle,
        device: session.device,
        is_program: session.is_program,
        started_at: session.started_at,
        seen_at: session.seen_at,
    };
    Ok(Json(view.sessions.into_iter().map(item).collect()))
}

/// End one of the caller's sessions. It wants a sign-in of the last ten minutes.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "auth", operation_id = "end_session", security(("bearer" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_session(
    State(services): State<Services>,
    person: Person,
    Id(id): Id<Uuid>,
) -> Result<StatusCode, Problem> {
    person.require_proof(&services).await?;
    services.accounts.end_session(person.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere: every session of the caller and every sign-in of programs ends, this one too. It wants a sign-in of the last ten minutes.
#[utoipa::path(delete, path = "/auth/sessions", tag = "auth", operation_id = "end_all_sessions", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn end_all_sessions(
    State(services): State<Services>,
    person: Person,
) -> Result<StatusCode, Problem> {
    person.require_proof(&services).await?;
    services.accounts.end_all_sessions(person.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change the caller's password. It wants a sign-in of the last ten minutes, and ends every session and sign-in, this one too.
#[utoipa::path(put, path = "/users/me/password", tag = "auth", operation_id = "change_password", security(("bearer" = [])), request_body = PasswordChange,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_password(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    person: Person,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    confirm(&services, &person, (change.password.as_deref(), origin)).await?;
    let changed = services.accounts.change_password(person.id, &change.new_password).await;
    changed.map_err(|error| match error {
        AppError::Invalid { .. } => AppError::invalid("new_password", error.to_string()),
        other => other,
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a person who did not show who they are within the last ten minutes, and now with the password once more.
pub(super) async fn confirm(
    services: &Services,
    person: &Person,
    (password, origin): (Option<&str>, Origin),
) -> Result<(), AppError> {
    person.require_proof(services).await?;
    match password {
        Some(password) => {
            let attempt = Attempt { address: origin.address };
            services.accounts.prove(person.id, password, attempt).await.map_err(|error| match error {
                AppError::Invalid { .. } => AppError::forbidden("This is not your password. Try again"),
                other => other,
            })
        }
        // A token may be in other hands than the password.
        None if person.session.is_none() => Err(AppError::forbidden("Send your password as well")),
        None => Ok(()),
    }
}

fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    accounts::device_name(agent.unwrap_or_default())
}
