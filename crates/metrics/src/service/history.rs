//! What was imported so far.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, AppError, Currency, DatasetId, ImportId, OrInternal, Permission, WorkspaceScope};
use uuid::Uuid;

use super::Metrics;
use crate::{
    model::{ImportRecord, ImportSummary, ReportedFigure, SourceFile, SourceRow},
    store::{imports, observations::ObservationRow},
};

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

    /// Every import with who committed it, newest first, for those who take everything out of the workspace.
    pub async fn export_imports(&self, actor: &Actor) -> Result<Vec<ImportRecord>, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let mut records = imports::list_records(&self.db, scope).await.or_internal("listing imports")?;
        let files = self.datasets.ids(actor).await?;
        for record in &mut records {
            record.summary.has_file = files.contains(&record.summary.dataset_id);
        }
        Ok(records)
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

    /// Every reported figure with where it came from, by metric and month, for those who take everything out of the workspace.
    pub async fn reported(&self, actor: &Actor) -> Result<Vec<ReportedFigure>, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let currency = self.accounts.profile(actor).await?.currency;
        let rows = self.rows(scope).await?;
        // Imports are never removed, and those that are read later hold every one that a figure came with.
        let all = imports::list(&self.db, scope).await.or_internal("listing imports")?;
        let by_id: HashMap<ImportId, ImportSummary> =
            all.into_iter().map(|import| (import.id, import)).collect();
        let figure = |row: ObservationRow| Some(reported(by_id.get(&row.import_id())?, row, currency));
        let mut figures: Vec<ReportedFigure> = rows.into_iter().filter_map(figure).collect();
        figures.sort_by(|one, other| (&one.metric, one.month).cmp(&(&other.metric, other.month)));
        Ok(figures)
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

fn reported(import: &ImportSummary, row: ObservationRow, own: Currency) -> ReportedFigure {
    let file = SourceFile { dataset_id: import.dataset_id, name: import.file_name.clone() };
    ReportedFigure {
        month: row.month(),
        value: row.value(own),
        currency: row.minor.map(|_| own),
        import_id: import.id,
        source: SourceRow { file, line: row.line.unsigned_abs() },
        metric: row.metric,
    }
}
