//! Asking people to join a workspace.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use kernel::{
    Actor, AppError, InvitationId, OrInternal, Permission, Role, UserId, WorkspaceId, WorkspaceScope,
};
use platform::{Mail, Owner, Place, Refusal, refused};
use uuid::Uuid;

use super::{Accounts, members::refuse_unless_managed};
use crate::{
    engine::secret_hash as hash,
    model::{InvitationView, NewInvitation, OpenInvitation, WorkspaceSummary},
    store::{
        invitations::{self, InvitationRow, NewRow},
        members, workspaces,
    },
};

const LASTS: TimeDelta = TimeDelta::days(7);

impl Accounts {
    /// Asks somebody to join, by a message if there is an address. Returns the link, which is shown once and never again.
    pub async fn invite(&self, actor: &Actor, new: NewInvitation) -> Result<String, AppError> {
        let scope = actor.require(Permission::ManageMembers)?;
        refuse_unless_managed(actor, [new.role])?;
        let workspace = self.workspace_name(scope).await?;
        let inviter = self.name_of(actor.user_id()).await?;
        let secret = URL_SAFE_NO_PAD.encode(self.ambient.secret::<32>());
        let link = format!("{}/invitation?link={secret}", self.rules.base_url);
        let (id, now): (InvitationId, _) = (self.ambient.id(), self.ambient.now());
        let mut tx = self.db.begin_in(scope).await?;
        // Whoever loses the right at this moment must not leave an invitation behind.
        self.lock_members(&mut tx, (actor, scope)).await?;
        let email = match &new.email {
            Some(email) => {
                let sealed = self.vault.seal(&mut tx, place(id.uuid(), scope.workspace_id()), email).await?;
                Some((self.email_index(email), sealed))
            }
            None => None,
        };
        let row = NewRow {
            id,
            role: new.role.key(),
            email: email.as_ref().map(|(index, sealed)| (index.as_str(), sealed.as_slice())),
            secret_hash: &hash(&secret),
            invited_by: actor.user_id(),
            made_with: actor.key_id(),
            created_at: now,
            expires_at: now + LASTS,
        };
        invitations::insert(&mut tx, scope, &row).await.or_internal("keeping an invitation")?;
        if let Some(email) = &new.email {
            let mail = letter(email, (&inviter, &workspace), new.role, &link);
            self.mailer.post(&mut tx, &mail).await?;
        }
        self.note(&mut tx, (actor, scope), "invitation.made", (id.to_string(), new.role.key().to_owned()))
            .await?;
        tx.commit().await?;
        self.mailer.wake();
        Ok(link)
    }

    /// Takes an invitation back that nobody has taken up; of those to a role that the actor could give.
    pub async fn revoke_invitation(&self, actor: &Actor, id: InvitationId) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageMembers)?;
        let mut tx = self.db.begin_in(scope).await?;
        let now = self.ambient.now();
        let deleted = invitations::delete(&mut tx, scope, id.uuid(), now).await;
        let role = deleted.or_internal("revoking an invitation")?;
        let role = role.ok_or_else(|| AppError::not_found("invitation"))?;
        refuse_unless_managed(actor, Role::from_key(&role))?;
        self.note(&mut tx, (actor, scope), "invitation.revoked", (id.to_string(), String::new())).await?;
        tx.commit().await
    }

    /// What the holder of the secret is asked to join.
    pub async fn open_invitation(&self, secret: &str) -> Result<OpenInvitation, AppError> {
        let row = self.find_invitation(secret).await?;
        let scope = scope_of(&row)?;
        Ok(OpenInvitation {
            workspace: self.workspace_name(scope).await?,
            invited_by: self.name_of(row.invited_by.map(UserId::from)).await?,
            role: Role::from_key(&row.role).unwrap_or(Role::Viewer),
        })
    }

    /// Makes the person a member. An invitation that went to an address is for the person with that address alone.
    pub async fn accept_invitation(
        &self,
        person: UserId,
        secret: &str,
    ) -> Result<WorkspaceSummary, AppError> {
        let row = self.find_invitation(secret).await?;
        let scope = scope_of(&row)?;
        let role = Role::from_key(&row.role).unwrap_or(Role::Viewer);
        let found = self.find_person(person).await?.ok_or(AppError::Unauthenticated)?;
        if row.email_index.as_ref().is_some_and(|index| *index != self.email_index(&found.email)) {
            refused(Refusal::Outside(person, scope.workspace_id().to_string()));
            return Err(AppError::forbidden(format!(
                "This invitation went to another address than {}. Sign in with that address, or ask for a link that is not bound to one",
                found.email
            )));
        }
        let mut tx = self.db.begin_in(scope).await?;
        members::lock(&mut tx, scope).await.or_internal("locking members")?;
        if members::role(&mut tx, scope, person).await.or_internal("loading a member")?.is_some() {
            return Err(AppError::conflict(
                "You belong to this workspace already. Open it from the list of yours",
            ));
        }
        let now = self.ambient.now();
        if invitations::delete(&mut tx, scope, row.id, now)
            .await
            .or_internal("using an invitation")?
            .is_none()
        {
            return Err(worn_out());
        }
        workspaces::insert_member(&mut tx, (scope.workspace_id(), person), role, self.ambient.now())
            .await
            .or_internal("saving a membership")?;
        let actor = Actor::authorised(person, scope.workspace_id(), role);
        self.note(
            &mut tx,
            (&actor, scope),
            "invitation.accepted",
            (row.id.to_string(), role.key().to_owned()),
        )
        .await?;
        tx.commit().await?;
        let workspace = workspaces::find(&self.db, scope).await.or_internal("loading a workspace")?;
        workspace.as_ref().map(WorkspaceSummary::from).ok_or_else(|| AppError::not_found("workspace"))
    }

    pub(super) async fn list_invitations(
        &self,
        scope: WorkspaceScope,
    ) -> Result<Vec<InvitationView>, AppError> {
        let rows = invitations::list(&self.db, scope, self.ambient.now()).await;
        let mut list = Vec::new();
        for row in rows.or_internal("listing invitations")? {
            let email = match &row.email_sealed {
                Some(sealed) => Some(self.vault.open(place(row.id, scope.workspace_id()), sealed).await?),
                None => None,
            };
            let role = Role::from_key(&row.role).unwrap_or(Role::Viewer);
            list.push(InvitationView { id: row.id.into(), email, role, expires_at: row.expires_at });
        }
        Ok(list)
    }

    async fn find_invitation(&self, secret: &str) -> Result<InvitationRow, AppError> {
        let row = invitations::find(&self.db, &hash(secret), self.ambient.now()).await;
        row.or_internal("looking for an invitation")?.ok_or_else(worn_out)
    }

    async fn workspace_name(&self, scope: WorkspaceScope) -> Result<String, AppError> {
        let row = workspaces::find(&self.db, scope).await.or_internal("loading a workspace")?;
        Ok(row.as_ref().map(|row| WorkspaceSummary::from(row).name).unwrap_or_default())
    }

    async fn name_of(&self, person: Option<UserId>) -> Result<String, AppError> {
        let found = match person {
            Some(id) => self.find_person(id).await?,
            None => None,
        };
        Ok(found.map_or_else(|| "Someone".to_owned(), |person| person.display_name))
    }
}

/// Whoever holds an invitation works in its workspace for the one deed of taking it up.
fn scope_of(row: &InvitationRow) -> Result<WorkspaceScope, AppError> {
    Actor::system(WorkspaceId::from(row.workspace_id)).require(Permission::View)
}

fn place(id: Uuid, workspace: WorkspaceId) -> Place {
    Place { table: "invitations", column: "email_sealed", row: id, owner: Owner::Workspace(workspace) }
}

fn worn_out() -> AppError {
    AppError::conflict(
        "This invitation was taken up, taken back, or is too old. Ask whoever invited you for a new one",
    )
}

fn letter(email: &str, (inviter, workspace): (&str, &str), role: Role, link: &str) -> Mail {
    let text = format!(
        "Hello,\n\n{inviter} asks you to join {workspace} on Quartile as {}. Open this link to say yes:\n{link}\n\nIt is good once, for {} days, and for this address alone. If you do not know {inviter}, there is nothing to do.\n",
        role.key(),
        LASTS.num_days()
    );
    Mail { to: email.to_owned(), subject: format!("{inviter} invites you to {workspace}"), text }
}
