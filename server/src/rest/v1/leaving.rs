//! Taking everything along, and going.

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, request::Parts},
    response::Response,
};
use kernel::{OrInternal, Permission};
use platform::{Class, Origin};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    auth::confirm,
    caller::{Person, PersonWithin, admit, admit_person},
    exchange::Body,
};
use crate::{
    rest::{leaving, problem::Problem},
    services::Services,
};

/// Who is to be forgotten shows once more who they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Farewell {
    /// The password. Whoever confirmed in the browser in the last ten minutes may leave it out.
    #[schema(max_length = 4096)]
    password: Option<String>,
}

/// What is kept about the caller. It wants a sign-in of the last ten minutes.
#[utoipa::path(get, path = "/users/me/export", tag = "auth", operation_id = "export_me", security(("bearer" = [])),
    responses((status = 200, body = serde_json::Value, description = "The person, with sign-ins and workspaces, everything they did but what they tried outside of their workspaces, what they did as administrator, and their looks in emergencies"), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn export_me(State(services): State<Services>, person: Person) -> Result<Response, Problem> {
    person.require_proof(&services).await?;
    admit_person(&services, Class::Export, &person).await?;
    Ok(leaving::everything_of(&services, person.id).await?)
}

/// Remove the caller's account with everything that says who they are, and the workspaces that are theirs alone. This cannot be undone.
#[utoipa::path(post, path = "/users/me/erase", tag = "auth", operation_id = "erase_me", security(("bearer" = [])), request_body = Farewell,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn erase_me(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    person: Person,
    Body(farewell): Body<Farewell>,
) -> Result<StatusCode, Problem> {
    confirm(&services, &person, (farewell.password.as_deref(), origin)).await?;
    leaving::erase(&services, person.id).await?;
    if let Some(session) = &person.session {
        session.flush().await.or_internal("going")?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Everything of the workspace as one archive, for its owners. It wants a sign-in of the last ten minutes.
#[utoipa::path(get, path = "/workspaces/current/everything", tag = "workspaces", operation_id = "export_workspace", security(("bearer" = [])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, content_type = "application/zip", description = "An archive; README.txt says what is in each file of it"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export_workspace(
    State(services): State<Services>,
    person: PersonWithin,
    parts: Parts,
) -> Result<Response, Problem> {
    person.actor.require(Permission::ControlWorkspace)?;
    person.require_proof(&services).await?;
    admit(&services, Class::Export, &person.actor).await?;
    let slug = services.accounts.workspace_of(&person.actor).await?.slug;
    let standing = person.standing(&parts, &services).await?;
    leaving::archive(&services, (person.actor, standing), &slug).await
}
