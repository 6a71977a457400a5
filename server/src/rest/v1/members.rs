//! Who belongs to a workspace.

use accounts::NewInvitation;
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use kernel::{AppError, InvitationId, Permission, Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    auth::WorkspaceLink,
    caller::{MembersRead, MembersWrite, Person, Within},
    exchange::{Body, Id, Page, PageParams, Params, require_bare},
};
use crate::{rest::problem::Problem, services::Services};

/// One person of the workspace.
#[derive(Serialize, ToSchema)]
pub(crate) struct Member {
    /// The person.
    id: Uuid,
    /// What the person is called.
    name: String,
    /// The address; masked for those who do not manage members.
    email: String,
    /// owner, admin, analyst, member or viewer.
    role: &'static str,
    /// Whether the person may see personal data in files: owners, and whom they let.
    reads_personal_data: bool,
    /// Since when.
    joined_at: DateTime<Utc>,
}

impl From<accounts::MemberView> for Member {
    fn from(member: accounts::MemberView) -> Self {
        Self {
            id: member.id.uuid(),
            name: member.display_name,
            email: member.email,
            role: member.role.key(),
            reads_personal_data: member.reads_personal_data,
            joined_at: member.joined_at,
        }
    }
}

/// Another role, or whether an admin or an analyst may see personal data; one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleChange {
    /// owner, admin, analyst, member or viewer.
    #[schema(nullable = false)]
    role: Option<String>,
    /// Whether they may see personal data in files; only owners say so.
    #[schema(nullable = false)]
    reads_personal_data: Option<bool>,
}

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    /// The address the invitation goes to; without one it is a link for whoever holds it.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// owner, admin, analyst, member or viewer.
    role: String,
}

/// An invitation, with the link that takes it up.
#[derive(Serialize, ToSchema)]
pub(crate) struct Invited {
    /// Shown only now.
    link: String,
}

/// An invitation that nobody has taken up.
#[derive(Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// The invitation.
    id: Uuid,
    /// The address it went to.
    email: Option<String>,
    /// The role it gives.
    role: &'static str,
    /// Until when it can be taken up.
    expires_at: DateTime<Utc>,
}

/// An invitation to take up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// The link, or what stands after `link=` in it.
    #[schema(max_length = 1000)]
    link: String,
}

/// Everybody who belongs to the workspace, in the order in which they joined.
#[utoipa::path(get, path = "/members", tag = "members", operation_id = "list_members", security(("bearer" = ["members:read"])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Member>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<MembersRead>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Member>>, Problem> {
    let (after, limit) = (params.moment()?, params.limit()?);
    let members = services.accounts.list_members_after(&within.actor, after, limit + 1).await?;
    Ok(Page::by_moment(members, limit, |member| (member.joined_at, member.id.uuid())))
}

/// Give a member another role, or let them see personal data.
#[utoipa::path(patch, path = "/members/{id}", tag = "members", operation_id = "change_role", security(("bearer" = ["members:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = RoleChange,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_role(
    State(services): State<Services>,
    within: Within<MembersWrite>,
    Id(id): Id<UserId>,
    Body(change): Body<RoleChange>,
) -> Result<StatusCode, Problem> {
    let role = match (change.role, change.reads_personal_data) {
        (Some(role), None) => role,
        (None, Some(is_let)) => return let_read(&services, &within, (id, is_let)).await,
        _ => {
            let sentence = "Send either role or reads_personal_data: one change at a time";
            return Err(AppError::invalid("role", sentence).into());
        }
    };
    let role = Role::from_key(&role);
    let role =
        role.ok_or_else(|| AppError::invalid("role", "Choose owner, admin, analyst, member or viewer"))?;
    if services.accounts.change_needs_proof(&within.actor, (id, Some(role))).await? {
        within.require_proof(&services).await?;
    }
    services.accounts.change_role(&within.actor, id, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn let_read(
    services: &Services,
    within: &Within<MembersWrite>,
    (person, is_let): (UserId, bool),
) -> Result<StatusCode, Problem> {
    within.actor.require(Permission::ControlWorkspace)?;
    if is_let {
        within.require_proof(services).await?;
    }
    services.accounts.trust_with_personal_data(&within.actor, person, is_let).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a member out of the workspace.
#[utoipa::path(delete, path = "/members/{id}", tag = "members", operation_id = "remove_member", security(("bearer" = ["members:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn remove(
    State(services): State<Services>,
    within: Within<MembersWrite>,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    if services.accounts.change_needs_proof(&within.actor, (id, None)).await? {
        within.require_proof(&services).await?;
    }
    services.accounts.remove_member(&within.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that nobody has taken up.
#[utoipa::path(get, path = "/invitations", tag = "members", operation_id = "list_invitations", security(("bearer" = ["members:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Vec<Invitation>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_invitations(
    State(services): State<Services>,
    within: Within<MembersWrite>,
) -> Result<Json<Vec<Invitation>>, Problem> {
    within.actor.require(Permission::ManageMembers)?;
    let view = services.accounts.list_members(&within.actor).await?;
    let invitation = |it: accounts::InvitationView| Invitation {
        id: it.id.uuid(),
        email: it.email,
        role: it.role.key(),
        expires_at: it.expires_at,
    };
    Ok(Json(view.invitations.into_iter().map(invitation).collect()))
}

/// Invite somebody.
#[utoipa::path(post, path = "/invitations", tag = "members", operation_id = "invite", security(("bearer" = ["members:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = Invite,
    responses((status = 201, body = Invited), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn invite(
    State(services): State<Services>,
    within: Within<MembersWrite>,
    Body(invite): Body<Invite>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    if let Some(email) = &invite.email {
        require_bare("email", email)?;
        if email.is_empty() {
            return Err(
                AppError::invalid("email", "Leave it out for a link, or enter an e-mail address").into()
            );
        }
    }
    let new = NewInvitation::parse(invite.email.as_deref().unwrap_or_default(), &invite.role)?;
    within.actor.require(Permission::ManageMembers)?;
    if new.role <= Role::Admin {
        within.require_proof(&services).await?;
    }
    let link = services.accounts.invite(&within.actor, new).await?;
    Ok((StatusCode::CREATED, Json(Invited { link })))
}

/// Take an invitation back.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "members", operation_id = "revoke_invitation", security(("bearer" = ["members:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn revoke_invitation(
    State(services): State<Services>,
    within: Within<MembersWrite>,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode, Problem> {
    services.accounts.revoke_invitation(&within.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an invitation up: the caller belongs to its workspace from now on.
#[utoipa::path(post, path = "/invitations/accept", tag = "members", operation_id = "accept_invitation", security(("bearer" = [])), request_body = Acceptance,
    responses((status = 200, body = WorkspaceLink), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn accept(
    State(services): State<Services>,
    person: Person,
    Body(acceptance): Body<Acceptance>,
) -> Result<Json<WorkspaceLink>, Problem> {
    let link = acceptance.link.as_str();
    let secret = link.rsplit_once("link=").map_or(link, |(_, secret)| secret);
    let workspace = services.accounts.accept_invitation(person.id, secret).await?;
    if let Some(session) = &person.session {
        services.accounts.renew_session(session).await;
    }
    Ok(Json(workspace.into()))
}
