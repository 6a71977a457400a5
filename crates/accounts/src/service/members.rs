//! Who belongs to a workspace: roles are changed, people leave, and there is always an owner.

use chrono::{DateTime, Utc};
use db::Tx;
use kernel::{
    Actor, AppError, OrInternal, Permission, Role, UserId, WorkspaceId, WorkspaceScope, mask_email,
};
use platform::{
    Refusal,
    audit::{self, AuditFilter},
    refused,
};
use uuid::Uuid;

use super::Accounts;
use crate::{
    model::{MemberView, MembersView},
    store::{
        api_keys, invitations,
        members::{self, MemberRow},
        workspaces,
    },
};

/// Whether a database holds a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It does.
    Here,
    /// It did: the audit log tells of it.
    Gone,
    /// It never did. The workspace may be in another database than the one that the settings name.
    Unknown,
}

impl Accounts {
    /// Everybody who belongs to the workspace, and whom it has invited. Addresses are masked for those who do not manage members.
    pub async fn list_members(&self, actor: &Actor) -> Result<MembersView, AppError> {
        let scope = actor.require(Permission::View)?;
        let rows = members::list(&self.db, scope).await.or_internal("listing members")?;
        let members = self.member_views(actor, rows).await?;
        let manages = actor.manages_members();
        let invitations = if manages { self.list_invitations(scope).await? } else { Vec::new() };
        Ok(MembersView { members, invitations })
    }

    /// At most so many members who stand after that one in the list, in the order in which they joined; from the beginning without one.
    /// Members who come and go meanwhile neither hide nor repeat others. Addresses are masked as in [`Self::list_members`].
    pub async fn list_members_after(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<MemberView>, AppError> {
        let scope = actor.require(Permission::View)?;
        // Nobody joined earlier than that.
        let after = after.unwrap_or((DateTime::UNIX_EPOCH, Uuid::nil()));
        let rows = members::list_after(&self.db, scope, after, most).await.or_internal("listing members")?;
        self.member_views(actor, rows).await
    }

    /// The members as the actor may see them.
    async fn member_views(&self, actor: &Actor, rows: Vec<MemberRow>) -> Result<Vec<MemberView>, AppError> {
        let manages = actor.manages_members();
        let mut list = Vec::new();
        for row in rows {
            let email = self.open_email(row.id, row.email_sealed.as_deref(), row.email_index).await?;
            let id = UserId::from(row.id);
            let is_self = actor.user_id() == Some(id);
            let role = Role::from_key(&row.role).unwrap_or(Role::Viewer);
            list.push(MemberView {
                id,
                display_name: row.display_name,
                email: if manages || is_self { email } else { mask_email(&email) },
                role,
                reads_personal_data: role.allows(Permission::ReadPersonalData) || row.reads_personal_data,
                joined_at: row.joined_at,
                is_self,
            });
        }
        Ok(list)
    }

    /// Whether what is to be done to a member needs a fresh proof of who asks: it makes or unmakes an owner or admin. `role` is the one
    /// that is to be given, `None` if the member is to go. Whoever leaves by themselves needs none.
    pub async fn change_needs_proof(
        &self,
        actor: &Actor,
        (person, role): (UserId, Option<Role>),
    ) -> Result<bool, AppError> {
        if actor.user_id() == Some(person) && role.is_none() {
            return Ok(false);
        }
        let scope = actor.require(Permission::ManageMembers)?;
        let mut tx = self.db.begin_in(scope).await?;
        let before = members::role(&mut tx, scope, person).await.or_internal("loading a member")?;
        Ok([before, role].into_iter().flatten().any(|role| role <= Role::Admin))
    }

    /// Gives a member another role. Nobody gives or takes what they do not manage, and the last owner stays one. Whoever may do more
    /// afterwards signs in anew.
    pub async fn change_role(&self, actor: &Actor, person: UserId, role: Role) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageMembers)?;
        let mut tx = self.db.begin_in(scope).await?;
        let before = self.lock_member(&mut tx, (actor, scope), person).await?;
        refuse_unless_managed(actor, [before, role])?;
        members::set_role(&mut tx, scope, person, role).await.or_internal("changing a role")?;
        refuse_to_lose_the_last_owner(&mut tx, scope, before, Some(role)).await?;
        self.take_back(&mut tx, (actor, scope), person, Some(role)).await?;
        if role < before {
            self.end_browsers(&mut tx, person).await?;
        }
        let detail = format!("{} to {}", before.key(), role.key());
        self.note(&mut tx, (actor, scope), "member.role_changed", (person.to_string(), detail)).await?;
        tx.commit().await
    }

    /// Lets an admin or an analyst see personal data, who signs in anew, or not any more; for owners alone.
    pub async fn trust_with_personal_data(
        &self,
        actor: &Actor,
        person: UserId,
        is_trusted: bool,
    ) -> Result<(), AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let mut tx = self.db.begin_in(scope).await?;
        let role = self.lock_member(&mut tx, (actor, scope), person).await?;
        if !role.may_be_trusted() {
            return Err(AppError::conflict(match role {
                Role::Owner => {
                    "Owners see personal data already, and nobody can take that from them but their role"
                }
                _ => "Only admins and analysts can be let see personal data. Give them such a role first",
            }));
        }
        members::set_trust(&mut tx, scope, person, is_trusted).await.or_internal("trusting a member")?;
        if is_trusted {
            self.end_browsers(&mut tx, person).await?;
        }
        let action = if is_trusted { "personal_data.granted" } else { "personal_data.withdrawn" };
        self.note(&mut tx, (actor, scope), action, (person.to_string(), role.key().to_owned())).await?;
        tx.commit().await
    }

    /// Takes a member out of the workspace; everybody may leave by themselves.
    pub async fn remove_member(&self, actor: &Actor, person: UserId) -> Result<(), AppError> {
        let is_self = actor.user_id() == Some(person);
        let needed = if is_self { Permission::View } else { Permission::ManageMembers };
        let scope = actor.require(needed)?;
        let mut tx = self.db.begin_in(scope).await?;
        let role = self.lock_member(&mut tx, (actor, scope), person).await?;
        if !is_self {
            refuse_unless_managed(actor, [role])?;
        }
        members::delete(&mut tx, scope, person).await.or_internal("removing a member")?;
        refuse_to_lose_the_last_owner(&mut tx, scope, role, None).await?;
        self.take_back(&mut tx, (actor, scope), person, None).await?;
        let action = if is_self { "member.left" } else { "member.removed" };
        self.note(&mut tx, (actor, scope), action, (person.to_string(), role.key().to_owned())).await?;
        tx.commit().await
    }

    /// Takes back what somebody offered to others and let programs do, now that they have that role or none: it is worth no more than what
    /// they have themselves. Keys stay with those who may make keys.
    async fn take_back(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        person: UserId,
        role: Option<Role>,
    ) -> Result<(), AppError> {
        invitations::delete_of(tx, scope, person).await.or_internal("taking invitations back")?;
        if role.is_some_and(|role| role.allows(Permission::ManageKeys)) {
            return Ok(());
        }
        let ended =
            api_keys::end_of(tx, scope, person, self.ambient.now()).await.or_internal("ending keys")?;
        if ended == 0 {
            return Ok(());
        }
        let detail = format!("{ended} that this member had made");
        self.note(tx, (actor, scope), "api_key.revoked", (person.to_string(), detail)).await
    }

    /// Makes another member the owner in the actor's place, who stays as an admin. The new owner signs in anew.
    pub async fn transfer_ownership(&self, actor: &Actor, to: UserId) -> Result<(), AppError> {
        const DOING: &str = "giving a workspace away";
        let scope = actor.require(Permission::ControlWorkspace)?;
        let from = actor.user_id().ok_or(AppError::Unauthenticated)?;
        if from == to {
            return Err(AppError::invalid("person", "You are the owner already. Choose another member"));
        }
        let mut tx = self.db.begin_in(scope).await?;
        self.lock_member(&mut tx, (actor, scope), to).await?;
        for (person, role) in [(to, Role::Owner), (from, Role::Admin)] {
            members::set_role(&mut tx, scope, person, role).await.or_internal(DOING)?;
        }
        refuse_to_lose_the_last_owner(&mut tx, scope, Role::Owner, Some(Role::Admin)).await?;
        self.take_back(&mut tx, (actor, scope), from, Some(Role::Admin)).await?;
        self.end_browsers(&mut tx, to).await?;
        self.note(&mut tx, (actor, scope), "workspace.transferred", (to.to_string(), String::new())).await?;
        tx.commit().await
    }

    /// Has the workspace deleted with everything in it two weeks from now, or takes that back.
    pub async fn schedule_deletion(&self, actor: &Actor, is_wanted: bool) -> Result<(), AppError> {
        const GRACE: chrono::TimeDelta = chrono::TimeDelta::days(14);
        let scope = actor.require(Permission::ControlWorkspace)?;
        let due = is_wanted.then(|| self.ambient.now() + GRACE);
        let mut tx = self.db.begin_in(scope).await?;
        workspaces::schedule_deletion(&mut tx, scope, due).await.or_internal("scheduling a deletion")?;
        let action = if is_wanted { "workspace.deletion_scheduled" } else { "workspace.deletion_cancelled" };
        self.note(&mut tx, (actor, scope), action, (scope.workspace_id().to_string(), String::new())).await?;
        tx.commit().await
    }

    /// Deletes workspaces whose time has come or that nobody belongs to, with their keys; returns their ids, whose files are to be removed.
    pub async fn delete_due_workspaces(&self) -> Result<Vec<WorkspaceId>, AppError> {
        const DOING: &str = "deleting a workspace";
        let now = self.ambient.now();
        let mut deleted = Vec::new();
        for id in workspaces::list_due(&self.db, now).await.or_internal(DOING)? {
            let id = WorkspaceId::from(id);
            let actor = Actor::system(id);
            let scope = actor.require(Permission::ControlWorkspace)?;
            let mut tx = self.db.begin_in(scope).await?;
            if workspaces::delete_due(&mut tx, scope, now).await.or_internal(DOING)? {
                self.vault.forget(&mut tx, platform::Owner::Workspace(id)).await?;
                self.note(&mut tx, (&actor, scope), "workspace.deleted", (id.to_string(), String::new()))
                    .await?;
                deleted.push(id);
            }
            tx.commit().await?;
        }
        Ok(deleted)
    }

    /// Whether this database holds the workspace, for the program's own deeds.
    pub async fn whereabouts(&self, id: WorkspaceId) -> Result<Whereabouts, AppError> {
        if workspaces::exists(&self.db, id).await.or_internal("looking for a workspace")? {
            return Ok(Whereabouts::Here);
        }
        let scope = Actor::system(id).require(Permission::ReadAudit)?;
        let deeds = audit::list(&self.db, scope, &AuditFilter::default(), 1).await?;
        Ok(if deeds.is_empty() { Whereabouts::Unknown } else { Whereabouts::Gone })
    }

    /// Waits for others who change members, and tells the person's role.
    async fn lock_member(
        &self,
        tx: &mut Tx,
        by: (&Actor, WorkspaceScope),
        person: UserId,
    ) -> Result<Role, AppError> {
        self.lock_members(tx, by).await?;
        let role = members::role(tx, by.1, person).await.or_internal("loading a member")?;
        role.ok_or_else(|| AppError::not_found("member"))
    }

    /// Waits for others who change members. While it waited, the actor's own role may have changed.
    pub(super) async fn lock_members(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
    ) -> Result<(), AppError> {
        members::lock(tx, scope).await.or_internal("locking members")?;
        if let Some(id) = actor.user_id() {
            let own = members::role(tx, scope, id).await.or_internal("loading a member")?;
            if own != Some(actor.role()) {
                return Err(AppError::conflict(
                    "Your own role was changed a moment ago. Reload the page and try again",
                ));
            }
        }
        Ok(())
    }

    pub(super) async fn note(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        action: &str,
        (subject, detail): (String, String),
    ) -> Result<(), AppError> {
        audit::record(tx, &self.ambient, actor, scope, audit::Entry { action, subject, detail }).await
    }
}

impl Accounts {
    /// Adds what a person did with the own account to the chain of the instance, in a transaction that reaches everywhere.
    pub(super) async fn note_on_instance(
        &self,
        tx: &mut Tx,
        person: Option<UserId>,
        (action, detail): (&str, &str),
    ) -> Result<(), AppError> {
        let actor = person.map_or_else(|| "stranger".to_owned(), |id| format!("person:{id}"));
        let subject = person.map(|id| id.to_string()).unwrap_or_default();
        let entry = audit::Entry { action, subject, detail: detail.to_owned() };
        audit::record_on_instance(tx, &self.ambient, actor, entry).await
    }
}

pub(super) fn refuse_unless_managed(
    actor: &Actor,
    roles: impl IntoIterator<Item = Role>,
) -> Result<(), AppError> {
    match roles.into_iter().find(|role| !actor.role().manages(*role)) {
        None => Ok(()),
        Some(role) => {
            refused(Refusal::Right(actor.clone(), "give or take away this role"));
            Err(AppError::forbidden(format!(
                "Your role, {}, may not give or take away the role {}. Ask an owner",
                actor.role().key(),
                role.key()
            )))
        }
    }
}

/// After the change, in its transaction: an owner who is kept out of the instance is none.
async fn refuse_to_lose_the_last_owner(
    tx: &mut Tx,
    scope: WorkspaceScope,
    before: Role,
    after: Option<Role>,
) -> Result<(), AppError> {
    if before != Role::Owner || after == Some(Role::Owner) {
        return Ok(());
    }
    if members::count_owners(tx, scope).await.or_internal("counting owners")? > 0 {
        return Ok(());
    }
    Err(AppError::conflict(
        "This is the only owner, and a workspace needs one. Make somebody else an owner first",
    ))
}
