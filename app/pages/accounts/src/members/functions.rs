//! What the pages of members ask of the server.

use accounts::{MembersView, OpenInvitation};
use api::ApiError;
#[cfg(feature = "ssr")]
use kernel::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the form that takes a member out goes.
pub(crate) const REMOVE_MEMBER: &str = <RemoveMember as leptos::server_fn::ServerFn>::PATH;
/// Where the form that takes an invitation back goes.
pub(crate) const REVOKE_INVITATION: &str = <RevokeInvitation as leptos::server_fn::ServerFn>::PATH;
/// Where the form that changes a role goes.
pub(crate) const CHANGE_ROLE: &str = <ChangeRole as leptos::server_fn::ServerFn>::PATH;
/// Where the form goes that lets a member see personal data.
pub(crate) const LET_READ: &str = <LetReadPersonalData as leptos::server_fn::ServerFn>::PATH;
/// Where the form that deletes a workspace goes.
pub(crate) const DELETE_WORKSPACE: &str = <DeleteWorkspace as leptos::server_fn::ServerFn>::PATH;
/// Where the form that keeps a workspace goes.
pub(crate) const KEEP_WORKSPACE: &str = <KeepWorkspace as leptos::server_fn::ServerFn>::PATH;
/// Under which name the session holds a link that is shown once.
#[cfg(feature = "ssr")]
const NEW_LINK: &str = "invitation_link";

/// The form of an invitation as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InviteInput {
    /// The address; empty for a link.
    pub email: String,
    /// The role.
    pub role: String,
}

/// The page of members, with the link that was made a moment ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPageView {
    /// Everybody.
    pub view: MembersView,
    /// A link that is shown once.
    pub new_link: Option<String>,
}

/// Everybody who belongs to a workspace.
#[server]
pub async fn get_members(workspace: String) -> Result<MembersPageView, ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let view = accounts.list_members(&actor).await?;
    Ok(MembersPageView { view, new_link: api::take_from_session((&workspace, NEW_LINK)).await? })
}

/// Asks somebody to join.
#[server]
pub async fn invite(workspace: String, input: InviteInput) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let session = api::session().await?;
    actor.require(kernel::Permission::ManageMembers)?;
    let new = accounts::NewInvitation::parse(&input.email, &input.role);
    let new = new.map_err(|error| ApiError::with_typed(error, &input))?;
    if new.role <= kernel::Role::Admin && !api::is_proved(&format!("/w/{workspace}/members")).await? {
        return Ok(());
    }
    let made = async {
        let is_link = new.email.is_none();
        accounts.invite(&actor, new).await.map(|link| (is_link, link))
    };
    let (is_link, link) = made.await.map_err(|error| ApiError::with_typed(error, &input))?;
    if is_link {
        api::keep_in_session(&session, (&workspace, NEW_LINK), link).await?;
    }
    let what = if is_link { "link" } else { "invitation" };
    leptos_axum::redirect(&format!("/w/{workspace}/members?made={what}"));
    Ok(())
}

/// Takes an invitation back.
#[server]
pub async fn revoke_invitation(workspace: String, id: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let id = id.parse().map_err(|_| AppError::not_found("invitation"))?;
    accounts.revoke_invitation(&actor, id).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/members?made=revoked"));
    Ok(())
}

/// Gives a member another role.
#[server]
pub async fn change_role(workspace: String, person: String, role: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let person = person.parse().map_err(|_| AppError::not_found("member"))?;
    let role =
        kernel::Role::from_key(&role).ok_or_else(|| AppError::invalid("role", "Choose one of the roles"))?;
    if needs_proof(&workspace, (&accounts, &actor), (person, Some(role))).await? {
        return Ok(());
    }
    accounts.change_role(&actor, person, role).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/members?made=role"));
    Ok(())
}

/// Whether who asks is to show who they are before that is done to a member; then the answer leads to where that is done.
#[cfg(feature = "ssr")]
async fn needs_proof(
    workspace: &str,
    (accounts, actor): (&accounts::Accounts, &kernel::Actor),
    change: (kernel::UserId, Option<kernel::Role>),
) -> Result<bool, AppError> {
    Ok(accounts.change_needs_proof(actor, change).await?
        && !api::is_proved(&format!("/w/{workspace}/members")).await?)
}

/// Lets a member see personal data, or not any more.
#[server]
pub async fn let_read_personal_data(
    workspace: String,
    person: String,
    #[server(default)] wanted: String,
) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    actor.require(kernel::Permission::ControlWorkspace)?;
    let is_let = wanted == "true";
    if is_let && !api::is_proved(&format!("/w/{workspace}/members")).await? {
        return Ok(());
    }
    let person = person.parse().map_err(|_| AppError::not_found("member"))?;
    accounts.trust_with_personal_data(&actor, person, is_let).await?;
    let what = if is_let { "granted" } else { "withdrawn" };
    leptos_axum::redirect(&format!("/w/{workspace}/members?made={what}"));
    Ok(())
}

/// Takes a member out, or leaves.
#[server]
pub async fn remove_member(workspace: String, person: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let person = person.parse().map_err(|_| AppError::not_found("member"))?;
    if needs_proof(&workspace, (&accounts, &actor), (person, None)).await? {
        return Ok(());
    }
    accounts.remove_member(&actor, person).await?;
    let is_self = actor.user_id() == Some(person);
    let target = if is_self { "/".to_owned() } else { format!("/w/{workspace}/members?made=removed") };
    leptos_axum::redirect(&target);
    Ok(())
}

/// Makes another member the owner.
#[server]
pub async fn transfer_ownership(workspace: String, person: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    actor.require(kernel::Permission::ControlWorkspace)?;
    if !api::is_proved(&format!("/w/{workspace}/members")).await? {
        return Ok(());
    }
    let person = person.parse().map_err(|_| AppError::invalid("person", "Choose a member"))?;
    accounts.transfer_ownership(&actor, person).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/members?made=transferred"));
    Ok(())
}

/// Has a workspace deleted in two weeks.
#[server]
pub async fn delete_workspace(workspace: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    actor.require(kernel::Permission::ControlWorkspace)?;
    if api::is_proved(&format!("/w/{workspace}/members")).await? {
        accounts.schedule_deletion(&actor, true).await?;
        leptos_axum::redirect(&format!("/w/{workspace}/members?made=deletion"));
    }
    Ok(())
}

/// Keeps a workspace that was to be deleted.
#[server]
pub async fn keep_workspace(workspace: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    accounts.schedule_deletion(&actor, false).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/members?made=kept"));
    Ok(())
}

/// What the holder of a link is asked to join, and whether they are signed in.
#[server]
pub async fn get_invitation(link: String) -> Result<(OpenInvitation, bool), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let is_signed_in = api::user_id().await?.is_some();
    Ok((accounts.open_invitation(&link).await?, is_signed_in))
}

/// Joins.
#[server]
pub async fn accept_invitation(link: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    let session = api::session().await?;
    let workspace = accounts.accept_invitation(user_id, &link).await?;
    accounts.renew_session(&session).await;
    leptos_axum::redirect(&format!("/w/{}", workspace.slug));
    Ok(())
}
