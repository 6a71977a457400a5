//! Workspaces and their company.

use accounts::{CompanyProfile, Industry, ProfileInput, Stage};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use kernel::{AppError, Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    auth::WorkspaceLink,
    caller::{Person, PersonWithin, Within, WorkspaceRead, WorkspaceWrite},
    exchange::{Body, require_bare},
    whole::whole_if_any,
};
use crate::{rest::problem::Problem, services::Services};

/// Years beyond are no years of a company, whenever it is.
const LATEST_YEAR: i32 = 2200;

/// The company of a workspace.
#[derive(Serialize, ToSchema)]
pub(crate) struct Company {
    /// The company's name.
    name: String,
    /// What names the workspace in the header Quartile-Workspace.
    slug: String,
    /// One of the fixed industries.
    industry: Option<&'static str>,
    /// One of the fixed stages.
    stage: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// ISO 4217; the currency figures are kept in.
    currency: &'static str,
    /// The year.
    founded: Option<i32>,
    /// People working there now.
    headcount: Option<i64>,
    /// Whether its figures count, anonymously, among other companies' peers.
    shares_with_peers: bool,
}

/// What changes; what is left out becomes unknown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompanyChange {
    /// The company's name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// One of the fixed industries.
    industry: Option<String>,
    /// One of the fixed stages.
    stage: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// ISO 4217.
    currency: String,
    /// The year; not later than this one.
    #[serde(default, deserialize_with = "whole_if_any")]
    #[schema(minimum = 1800, maximum = 2200)]
    founded: Option<i32>,
    /// People working there now.
    #[serde(default, deserialize_with = "whole_if_any")]
    #[schema(minimum = 1, maximum = 5_000_000)]
    headcount: Option<i64>,
    /// Whether its figures count, anonymously, among other companies' peers.
    #[serde(default)]
    shares_with_peers: bool,
}

/// A workspace to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    /// The company's name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
}

/// Who gets the workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transfer {
    /// The member who becomes its owner.
    person: Uuid,
}

/// When a workspace is deleted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deletion {
    /// Until then it can be kept.
    due_at: Option<DateTime<Utc>>,
}

impl CompanyChange {
    /// The form of the page with the same content; refuses what would be wrong in any year.
    fn input(self) -> Result<ProfileInput, AppError> {
        require_bare("name", &self.name)?;
        for (field, choice) in
            [("industry", &self.industry), ("stage", &self.stage), ("country", &self.country)]
        {
            if choice.as_deref() == Some("") {
                return Err(AppError::invalid(field, "Leave it out if it is unknown"));
            }
        }
        let digits = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let input = ProfileInput {
            name: self.name,
            industry: self.industry.unwrap_or_default(),
            stage: self.stage.unwrap_or_default(),
            country: self.country.unwrap_or_default(),
            currency: self.currency,
            founded: digits(self.founded.map(i64::from)),
            headcount: digits(self.headcount),
            shares_with_peers: if self.shares_with_peers { "on".to_owned() } else { String::new() },
        };
        input.parse(LATEST_YEAR)?;
        Ok(input)
    }
}

fn company(profile: CompanyProfile, slug: String) -> Company {
    Company {
        name: profile.name,
        slug,
        industry: profile.industry.map(Industry::key),
        stage: profile.stage.map(Stage::key),
        country: profile.country,
        currency: profile.currency.code(),
        founded: profile.founded_year,
        headcount: profile.headcount,
        shares_with_peers: profile.shares_with_peers,
    }
}

/// Every workspace the caller belongs to.
#[utoipa::path(get, path = "/workspaces", tag = "workspaces", operation_id = "list_workspaces", security(("bearer" = [])),
    responses((status = 200, body = Vec<WorkspaceLink>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    person: Person,
) -> Result<Json<Vec<WorkspaceLink>>, Problem> {
    let workspaces = services.accounts.list_workspaces(person.id).await?;
    Ok(Json(workspaces.into_iter().map(WorkspaceLink::from).collect()))
}

/// Make another workspace, which the caller owns. Whoever owns 20 makes no more.
#[utoipa::path(post, path = "/workspaces", tag = "workspaces", operation_id = "create_workspace", security(("bearer" = [])), request_body = NewWorkspace,
    responses((status = 201, body = WorkspaceLink), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(services): State<Services>,
    person: Person,
    Body(new): Body<NewWorkspace>,
) -> Result<(StatusCode, Json<WorkspaceLink>), Problem> {
    require_bare("name", &new.name)?;
    let workspace = services.accounts.create_workspace(person.id, &new.name).await?;
    if let Some(session) = &person.session {
        services.accounts.renew_session(session).await;
    }
    Ok((StatusCode::CREATED, Json(workspace.into())))
}

/// The company of the workspace.
#[utoipa::path(get, path = "/workspaces/current", tag = "workspaces", operation_id = "show_company", security(("bearer" = ["workspace:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Company), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<WorkspaceRead>,
) -> Result<Json<Company>, Problem> {
    let (slug, profile) = services.accounts.company(&within.actor).await?;
    Ok(Json(company(profile, slug)))
}

/// Change the company of the workspace.
#[utoipa::path(put, path = "/workspaces/current", tag = "workspaces", operation_id = "change_company", security(("bearer" = ["workspace:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = CompanyChange,
    responses((status = 200, body = Company), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(services): State<Services>,
    within: Within<WorkspaceWrite>,
    Body(change): Body<CompanyChange>,
) -> Result<Json<Company>, Problem> {
    let input = change.input()?;
    let profile = services.accounts.save_profile(&within.actor, &input).await.map_err(Problem::of_state)?;
    let workspace = services.accounts.workspace_of(&within.actor).await?;
    Ok(Json(company(profile, workspace.slug)))
}

/// Give the workspace to another member: they become its owner in the caller's place, who stays as an admin. It wants a sign-in of the last
/// ten minutes.
#[utoipa::path(post, path = "/workspaces/current/transfer", tag = "workspaces", operation_id = "transfer_workspace", security(("bearer" = [])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = Transfer,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn transfer(
    State(services): State<Services>,
    person: PersonWithin,
    Body(transfer): Body<Transfer>,
) -> Result<StatusCode, Problem> {
    person.actor.require(Permission::ControlWorkspace)?;
    person.require_proof(&services).await?;
    let given = services.accounts.transfer_ownership(&person.actor, transfer.person.into()).await;
    given.map_err(|error| Problem::of_member_in("person", error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have the workspace deleted with everything in it, two weeks from now. It wants a sign-in of the last ten minutes.
#[utoipa::path(put, path = "/workspaces/current/deletion", tag = "workspaces", operation_id = "delete_workspace", security(("bearer" = [])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Deletion), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn delete(
    State(services): State<Services>,
    person: PersonWithin,
) -> Result<Json<Deletion>, Problem> {
    person.actor.require(Permission::ControlWorkspace)?;
    person.require_proof(&services).await?;
    services.accounts.schedule_deletion(&person.actor, true).await?;
    let slug = services.accounts.workspace_of(&person.actor).await?.slug;
    let view = services.accounts.workspace_view(person.actor.user_id(), &slug).await?;
    Ok(Json(Deletion { due_at: view.deletion_due_at }))
}

/// Keep a workspace that was to be deleted.
#[utoipa::path(delete, path = "/workspaces/current/deletion", tag = "workspaces", operation_id = "keep_workspace", security(("bearer" = [])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn keep(
    State(services): State<Services>,
    person: PersonWithin,
) -> Result<StatusCode, Problem> {
    services.accounts.schedule_deletion(&person.actor, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
