//! Workspaces and their company.

use accounts::{CompanyProfile, Industry, ProfileInput, Stage};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    auth::WorkspaceLink,
    caller::{Person, Within, WorkspaceRead, WorkspaceWrite},
    exchange::Body,
};
use crate::{rest::problem::Problem, services::Services};

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
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
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
    /// The year.
    founded: Option<i32>,
    /// People working there now.
    headcount: Option<i64>,
    /// Whether its figures count, anonymously, among other companies' peers.
    shares_with_peers: bool,
}

impl CompanyChange {
    fn input(self) -> ProfileInput {
        let digits = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        ProfileInput {
            name: self.name,
            industry: self.industry.unwrap_or_default(),
            stage: self.stage.unwrap_or_default(),
            country: self.country.unwrap_or_default(),
            currency: self.currency,
            founded: digits(self.founded.map(i64::from)),
            headcount: digits(self.headcount),
            shares_with_peers: if self.shares_with_peers { "on".to_owned() } else { String::new() },
        }
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
    Ok(Json(workspaces.into_iter().map(|it| WorkspaceLink { slug: it.slug, name: it.name }).collect()))
}

/// The company of the workspace.
#[utoipa::path(get, path = "/workspaces/current", tag = "workspaces", operation_id = "show_company", security(("bearer" = ["workspace:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Company), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<WorkspaceRead>,
) -> Result<Json<Company>, Problem> {
    let workspace = services.accounts.workspace_of(&within.actor).await?;
    Ok(Json(company(services.accounts.profile(&within.actor).await?, workspace.slug)))
}

/// Change the company of the workspace.
#[utoipa::path(put, path = "/workspaces/current", tag = "workspaces", operation_id = "change_company", security(("bearer" = ["workspace:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = CompanyChange,
    responses((status = 200, body = Company), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(services): State<Services>,
    within: Within<WorkspaceWrite>,
    Body(change): Body<CompanyChange>,
) -> Result<Json<Company>, Problem> {
    let profile = services.accounts.save_profile(&within.actor, &change.input()).await?;
    let workspace = services.accounts.workspace_of(&within.actor).await?;
    Ok(Json(company(profile, workspace.slug)))
}
