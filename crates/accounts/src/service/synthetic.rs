//! Made-up companies for the demo, and members for tests and operators.

use db::Tx;
use kernel::{Actor, AppError, OrInternal, Role, UserId, WorkspaceId};

use super::Accounts;
use crate::{CompanyProfile, engine::slug_of, store::workspaces};

impl Accounts {
    /// Adds a workspace whose data is all made up, inside the caller's transaction.
    pub async fn insert_synthetic(&self, tx: &mut Tx, profile: &CompanyProfile) -> Result<Actor, AppError> {
        let id: WorkspaceId = self.ambient.id();
        let slug = format!("demo-{}", slug_of(&profile.name));
        let row = workspaces::NewRow {
            id,
            slug: &slug,
            name: &profile.name,
            is_synthetic: true,
            created_at: self.ambient.now(),
        };
        workspaces::insert(tx, row).await.or_internal("saving a synthetic workspace")?;
        self.save_profile_row(tx, id, profile).await?;
        Ok(Actor::system(id))
    }

    /// Removes every made-up workspace with everything in it; tells how many there were.
    pub async fn remove_synthetic(&self) -> Result<u64, AppError> {
        let mut tx = self.db.begin().await?;
        let removed =
            workspaces::delete_synthetic(&mut tx).await.or_internal("removing synthetic workspaces")?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Gives a person a role in a workspace; for the operator and for tests, so it asks nobody's permission.
    pub async fn put_member(
        &self,
        workspace: WorkspaceId,
        person: UserId,
        role: Role,
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        workspaces::insert_member(&mut tx, (workspace, person), role, self.ambient.now())
            .await
            .or_internal("saving a membership")?;
        tx.commit().await
    }
}
