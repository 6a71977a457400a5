//! What was imported so far.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, AppError, DatasetId, ImportId, OrInternal, Permission, WorkspaceScope};
use uuid::Uuid;

use super::Metrics;
use crate::{model::ImportSummary, store::imports};

impl Metrics {
    /// Every import, newest first.
    pub async fn list_imports(&self, actor: &Actor) -> Result<Vec<ImportSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        let all = imports::list(&self.db, scope).await.or_internal("listing imports")?;
        self.with_files(actor, all).await
    }

    /// At most so many imports that stand after that one in the list, newest first; from the beginning without one.
    pub async fn list_imports_after(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<ImportSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        // Nothing was committed later than in a minute.
        let after = after.unwrap_or_else(|| (self.ambient.now() + TimeDelta::minutes(1), Uuid::max()));
        let some = imports::list_after(&self.db, scope, after, most).await.or_internal("listing imports")?;
        self.with_files(actor, some).await
    }

    /// One import.
    pub async fn get_import(&self, actor: &Actor, id: ImportId) -> Result<ImportSummary, AppError> {
        let mut import = self.import(actor.require(Permission::View)?, id).await?;
        import.has_file = self.datasets.ids(actor).await?.contains(&import.dataset_id);
        Ok(import)
    }

    /// The file that an import reads. An import that is not committed has no id of its own yet: the id of its file stands for it.
    pub async fn file_of_import(&self, actor: &Actor, id: Uuid) -> Result<DatasetId, AppError> {
        let scope = actor.require(Permission::View)?;
        let found = imports::find(&self.db, scope, id.into()).await.or_internal("loading an import")?;
        Ok(found.map_or_else(|| id.into(), |import| import.dataset_id))
    }

    pub(super) async fn import(
        &self,
        scope: WorkspaceScope,
        id: ImportId,
    ) -> Result<ImportSummary, AppError> {
        let found = imports::find(&self.db, scope, id).await.or_internal("loading an import")?;
        found.ok_or_else(|| AppError::not_found("import"))
    }

    /// The same imports, each with whether its file is still there.
    async fn with_files(
        &self,
        actor: &Actor,
        mut imports: Vec<ImportSummary>,
    ) -> Result<Vec<ImportSummary>, AppError> {
        let files = self.datasets.ids(actor).await?;
        for import in &mut imports {
            import.has_file = files.contains(&import.dataset_id);
        }
        Ok(imports)
    }
}
