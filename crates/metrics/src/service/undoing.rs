//! Taking an import back.

use std::collections::HashSet;

use kernel::{Actor, AppError, ImportId, OrInternal, Permission};
use platform::audit;

use super::Metrics;
use crate::{
    model::ImportSummary,
    store::{imports, observations},
};

impl Metrics {
    /// Takes an import back as if it had never been: where its value stands, the one before returns; where a later import
    /// replaced it, that later value stays and remembers the one before instead.
    pub async fn undo(&self, actor: &Actor, id: ImportId) -> Result<ImportSummary, AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let import = self.import(scope, id).await?;
        let currency = self.accounts.profile(actor).await?.currency;
        let mut tx = self.db.begin_in(scope).await?;
        self.accounts.use_currency(&mut tx, scope, currency, true).await?;
        if !imports::mark_undone(&mut tx, scope, id, self.ambient.now())
            .await
            .or_internal("undoing an import")?
        {
            return Err(AppError::conflict("This import was undone already"));
        }
        let rows = observations::list_in(&mut tx, scope).await.or_internal("loading figures")?;
        let own: HashSet<_> = rows
            .iter()
            .filter(|row| row.import_id() == id)
            .map(|row| (row.metric.as_str(), row.month))
            .collect();
        for change in imports::list_changes(&mut tx, scope, id).await.or_internal("loading changes")? {
            let cell = (change.metric.as_str(), change.month);
            let undone = match (own.contains(&cell), change.before()) {
                (true, Some(before)) => observations::put_row(&mut tx, scope, &before).await,
                (true, None) => observations::delete(&mut tx, scope, cell, id).await,
                (false, _) => imports::pass_on(&mut tx, scope, id, &change).await,
            };
            undone.or_internal("undoing a change")?;
        }
        imports::delete_changes(&mut tx, scope, id).await.or_internal("undoing an import")?;
        let is_left = !observations::list_in(&mut tx, scope).await.or_internal("loading figures")?.is_empty();
        self.accounts.use_currency(&mut tx, scope, currency, is_left).await?;
        let detail = format!("{} added, {} changed", import.added, import.changed);
        let entry = audit::Entry { action: "import.undone", subject: id.to_string(), detail };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        self.cache.publish(scope.workspace_id()).await;
        Ok(import)
    }
}
