//! Who may act where: read from the database at every request.

use chrono::{DateTime, Utc};
use db::Db;
use kernel::{Actor, AppError, OrInternal, Permission, Role, UserId, WorkspaceId};
use platform::{Refusal, refused, requested_as};
use uuid::Uuid;

use super::Accounts;
use crate::{
    model::{WorkspaceSummary, WorkspaceView},
    store::workspaces::{self, WorkspaceRow},
};

impl Accounts {
    /// The actor that this person is in the workspace with that address. Whoever does not belong to it learns nothing of
    /// it, except that a synthetic workspace is open to everyone's eyes.
    pub async fn authorise(&self, user_id: Option<UserId>, slug: &str) -> Result<Actor, AppError> {
        let (row, look_ends_at) = self.visible_workspace(user_id, slug).await?;
        let actor = actor_of(user_id, &row, look_ends_at.is_some());
        requested_as(&actor);
        Ok(actor)
    }

    /// The actor that this person is in the only workspace they belong to; nothing if they belong to several.
    pub async fn authorise_in_only(&self, user_id: UserId) -> Result<Option<Actor>, AppError> {
        let rows = workspaces::list_of_user(&self.db, user_id).await.or_internal("listing workspaces")?;
        match rows.as_slice() {
            [only] if only.is_visible() => {
                let actor = actor_of(Some(user_id), only, false);
                requested_as(&actor);
                Ok(Some(actor))
            }
            [only] => self.authorise(Some(user_id), only.slug()).await.map(Some),
            [] => Err(AppError::not_found("workspace")),
            _ => Ok(None),
        }
    }

    /// What every page of the workspace shows around its content.
    pub async fn workspace_view(
        &self,
        user_id: Option<UserId>,
        slug: &str,
    ) -> Result<WorkspaceView, AppError> {
        let (row, look_ends_at) = self.visible_workspace(user_id, slug).await?;
        let actor = actor_of(user_id, &row, look_ends_at.is_some());
        requested_as(&actor);
        let person = match user_id {
            Some(id) => self.find_person(id).await?,
            None => None,
        };
        let others = match user_id {
            Some(id) => self.list_workspaces(id).await?,
            None => Vec::new(),
        };
        let currency = self.profile(&actor).await?.currency;
        let is_administrator = match user_id {
            Some(id) => self.is_administrator(id).await?,
            None => false,
        };
        Ok(WorkspaceView {
            workspace: WorkspaceSummary::from(&row),
            id: row.id(),
            role: actor.role(),
            reads_personal_data: actor.may(Permission::ReadPersonalData),
            person,
            others,
            currency,
            deletion_due_at: row.deletion_due_at,
            is_administrator,
            look_ends_at,
        })
    }

    /// What the person is by now in a workspace in which they began something.
    pub async fn member_now(&self, person: UserId, workspace: WorkspaceId) -> Result<Actor, AppError> {
        let Some(actor) = member_now(&self.db, person, workspace).await? else {
            refused(Refusal::Outside(person, workspace.to_string()));
            return Err(AppError::not_found("workspace"));
        };
        Ok(actor)
    }

    /// The workspace that the actor works in.
    pub async fn workspace_of(&self, actor: &Actor) -> Result<WorkspaceSummary, AppError> {
        let scope = actor.require(Permission::View)?;
        let row = workspaces::find(&self.db, scope).await.or_internal("loading a workspace")?;
        row.as_ref().map(WorkspaceSummary::from).ok_or_else(|| AppError::not_found("workspace"))
    }

    /// Whether everything in the actor's workspace is made up.
    pub async fn is_synthetic(&self, actor: &Actor) -> Result<bool, AppError> {
        let scope = actor.require(Permission::View)?;
        workspaces::is_synthetic(&self.db, scope).await.or_internal("loading a workspace")
    }

    /// Every real workspace whose company lets its figures count among peers; for the program itself.
    pub async fn list_sharing(&self) -> Result<Vec<WorkspaceId>, AppError> {
        let ids = workspaces::list_sharing(&self.db).await.or_internal("listing companies that share")?;
        Ok(ids.into_iter().map(WorkspaceId::from).collect())
    }

    /// Each of these workspaces with each of its owners; for the program itself, which counts no owner for many.
    pub async fn list_owners_of_sharing(&self) -> Result<Vec<(WorkspaceId, UserId)>, AppError> {
        let rows = workspaces::list_owners_of_sharing(&self.db).await.or_internal("listing owners")?;
        Ok(rows.into_iter().map(|(workspace, owner)| (workspace.into(), owner.into())).collect())
    }

    /// The synthetic workspace that is open to everyone's eyes, if one is loaded.
    pub async fn find_demo(&self) -> Result<Option<WorkspaceSummary>, AppError> {
        let row = workspaces::find_synthetic(&self.db).await.or_internal("looking for the demo")?;
        Ok(row.as_ref().map(WorkspaceSummary::from))
    }

    /// Every workspace the person belongs to, by name.
    pub async fn list_workspaces(&self, user_id: UserId) -> Result<Vec<WorkspaceSummary>, AppError> {
        let rows = workspaces::list_of_user(&self.db, user_id).await.or_internal("listing workspaces")?;
        Ok(rows.iter().map(WorkspaceSummary::from).collect())
    }

    /// The workspace, and until when somebody sees it who does not belong to it, as an administrator in an emergency.
    async fn visible_workspace(
        &self,
        user_id: Option<UserId>,
        slug: &str,
    ) -> Result<(WorkspaceRow, Option<DateTime<Utc>>), AppError> {
        let row =
            workspaces::find_by_slug(&self.db, slug, user_id).await.or_internal("loading a workspace")?;
        let row = match row {
            Some(row) if row.is_visible() => return Ok((row, None)),
            row => row,
        };
        let person = user_id.ok_or(AppError::Unauthenticated)?;
        // Asked also where there is no workspace, so that the time taken does not tell whether there is one.
        let id = row.as_ref().map_or(WorkspaceId::from(Uuid::nil()), WorkspaceRow::id);
        let look_ends_at = self.look_ends_at(person, id).await?;
        match (row, look_ends_at) {
            (Some(row), Some(ends_at)) => return Ok((row, Some(ends_at))),
            (Some(row), None) => refused(Refusal::Outside(person, row.id().to_string())),
            (None, _) => {}
        }
        Err(AppError::not_found("workspace"))
    }
}

/// What a person is in a workspace by now, who asked for something there a while ago; nothing if they left it or are kept out.
pub async fn member_now(db: &Db, person: UserId, workspace: WorkspaceId) -> Result<Option<Actor>, AppError> {
    let role = workspaces::active_role(db, workspace, person).await.or_internal("looking for a member")?;
    Ok(role.map(|role| Actor::authorised(person, workspace, role)))
}

fn actor_of(user_id: Option<UserId>, row: &WorkspaceRow, looks_in: bool) -> Actor {
    match (user_id, row.role()) {
        (Some(user_id), Some(role)) if row.is_trusted() => {
            Actor::authorised_and_trusted(user_id, row.id(), role)
        }
        (Some(user_id), Some(role)) => Actor::authorised(user_id, row.id(), role),
        (Some(user_id), None) if looks_in => Actor::authorised(user_id, row.id(), Role::Viewer),
        _ => Actor::stranger(row.id()),
    }
}
