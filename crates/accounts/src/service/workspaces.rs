//! Workspaces that people make after their first.

use kernel::{Actor, AppError, OrInternal, Permission, Role, UserId};

use super::Accounts;
use crate::{
    model::{WorkspaceSummary, parse_workspace_name},
    store::{people, workspaces},
};

/// Whoever owns so many workspaces makes no more.
const MOST_OWNED: i64 = 20;

impl Accounts {
    /// Makes another workspace, which the person owns. Where nobody gets an account without a confirmed address, nobody gets a workspace
    /// without one either.
    pub async fn create_workspace(&self, person: UserId, name: &str) -> Result<WorkspaceSummary, AppError> {
        self.refuse_unconfirmed(person).await?;
        let name = parse_workspace_name(name)?;
        let mut tx = self.db.begin_everywhere().await?;
        if !people::lock(&mut tx, person).await.or_internal("locking a person")? {
            return Err(AppError::Unauthenticated);
        }
        let owned = workspaces::count_owned(&mut tx, person).await.or_internal("counting workspaces")?;
        if owned >= MOST_OWNED {
            return Err(AppError::conflict(format!(
                "You own {owned} workspaces, and whoever owns {MOST_OWNED} makes no more. Give one to another member, on its page Members, or delete one there: it counts until it is gone, two weeks later"
            )));
        }
        let workspace = self.insert_workspace(&mut tx, &name, person).await?;
        let id = workspace.id;
        let actor = Actor::authorised(person, id, Role::Owner);
        let scope = actor.require(Permission::ControlWorkspace)?;
        self.note(&mut tx, (&actor, scope), "workspace.created", (id.to_string(), String::new())).await?;
        tx.commit().await?;
        Ok(workspace)
    }

    /// Refuses a person whose address nobody confirmed, where nobody gets an account without that.
    async fn refuse_unconfirmed(&self, person: UserId) -> Result<(), AppError> {
        let row = people::find(&self.db, person).await.or_internal("loading a person")?;
        let row = row.ok_or(AppError::Unauthenticated)?;
        if row.email_confirmed_at.is_some() || !self.rules.confirms_addresses {
            return Ok(());
        }
        Err(AppError::forbidden(
            "Confirm your address first: sign out, ask for a link with “Password forgotten?”, and set your password with it",
        ))
    }
}
