//! Use cases of uploaded files.

mod personal;
mod reading;
mod resuming;
mod uploading;

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::Db;
use kernel::{
    Actor, Ambient, AppError, DatasetId, OrInternal, Page, PageRequest, Permission, WorkspaceId,
    WorkspaceScope,
};
use platform::{Files, Jobs, audit};
use uuid::Uuid;

use crate::{
    Dataset, DatasetState, DatasetSummary, FileFormat,
    engine::{self, Limits},
    store,
};

pub use personal::{Download, FileRecord};
pub use reading::ReadFileJob;
pub use resuming::{Piece, Upload};

/// Turns files into tables that can be queried; implemented over DataFusion and Parquet.
#[async_trait]
pub trait TableMaker: Send + Sync {
    /// Writes the table of `file` to `table` and forces it to disk. What a cell means is decided by the format.
    async fn make_table(&self, file: &Path, format: &FileFormat, table: &Path) -> Result<(), AppError>;
}

/// How often, and how far apart, a file is looked at while it is being read: three seconds in all.
const LOOKS: u32 = 120;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// The folders of a workspace's files.
const UPLOADS: &str = "uploads";
const TABLES: &str = "tables";

/// Uploaded files.
#[derive(Clone)]
pub struct Datasets {
    db: Db,
    ambient: Ambient,
    files: Files,
    jobs: Jobs,
    limits: Limits,
    tables: Option<Arc<dyn TableMaker>>,
}

impl Datasets {
    /// The service over `db` and `files`; without a table maker files are understood but cannot be queried.
    pub fn new(
        (db, ambient): (Db, Ambient),
        (files, jobs): (Files, Jobs),
        limits: Limits,
        tables: Option<Arc<dyn TableMaker>>,
    ) -> Self {
        Self { db, ambient, files, jobs, limits, tables }
    }

    /// One page of the files, newest first.
    pub async fn list(&self, actor: &Actor, request: PageRequest) -> Result<Page<DatasetSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        let (items, total) = store::list(&self.db, scope, request).await.or_internal("listing files")?;
        Ok(Page { items, total, request })
    }

    /// At most so many files that stand after that one in the list, newest first; from the beginning without one. Files that come and go
    /// meanwhile neither hide nor repeat others.
    pub async fn list_after(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<DatasetSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        // Nothing was uploaded later than in a minute.
        let after = after.unwrap_or_else(|| (self.ambient.now() + TimeDelta::minutes(1), Uuid::nil()));
        store::list_after(&self.db, scope, after, most).await.or_internal("listing files")
    }

    /// One file, with everything personal in it masked.
    pub async fn get(&self, actor: &Actor, id: DatasetId) -> Result<Dataset, AppError> {
        let scope = actor.require(Permission::View)?;
        Ok(engine::mask_dataset(self.row(scope, id).await?.into_dataset()))
    }

    /// Which files there are.
    pub async fn ids(&self, actor: &Actor) -> Result<BTreeSet<DatasetId>, AppError> {
        let scope = actor.require(Permission::View)?;
        store::ids(&self.db, scope).await.or_internal("listing files")
    }

    /// One file as soon as it has been read; after a few seconds as it is then.
    pub async fn get_once_read(&self, actor: &Actor, id: DatasetId) -> Result<Dataset, AppError> {
        for _ in 0..LOOKS {
            let dataset = self.get(actor, id).await?;
            if dataset.summary.state != DatasetState::Reading {
                return Ok(dataset);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        self.get(actor, id).await
    }

    /// Removes the file and its table. What was imported from it stays, with the line it came from.
    pub async fn delete(&self, actor: &Actor, id: DatasetId) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let row = self.row(scope, id).await?;
        let (file_key, table_key) = (row.file_key.clone(), table_key(scope, id));
        // Not what it was called: the log outlives the file, and whoever it is about.
        let detail = reading::rows_in_words(row.into_dataset().summary.row_count);
        let mut tx = self.db.begin_in(scope).await?;
        store::delete(&mut tx, scope, id).await.or_internal("removing a file")?;
        let entry = audit::Entry { action: "dataset.deleted", subject: id.to_string(), detail };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        self.files.remove(&file_key).await.or_internal("removing a kept file")?;
        // Also where none is noted: it may have been read otherwise since, or be read just now.
        self.files.remove(&table_key).await.or_internal("removing a table")
    }

    /// Removes files of a workspace of this database that no entry names: of uploads and readings that were cut off between file and
    /// entry. Nobody needs an hour from the one to the other, so those under way are left alone, also on other nodes.
    pub async fn sweep_files(&self, workspace: WorkspaceId) -> Result<(), AppError> {
        const DOING: &str = "removing files without an entry";
        const AGE: Duration = Duration::from_hours(1);
        let scope = Actor::system(workspace).require(Permission::ManageData)?;
        let mut old = Vec::new();
        for folder in [UPLOADS, TABLES] {
            old.extend(self.files.older_than(workspace, folder, AGE).await.or_internal(DOING)?);
        }
        if old.is_empty() {
            return Ok(());
        }
        let named = store::file_keys(&self.db, scope).await.or_internal(DOING)?;
        for key in old.into_iter().filter(|key| !named.contains(key)) {
            self.files.remove(&key).await.or_internal(DOING)?;
            tracing::info!(key, "A file without an entry was removed");
        }
        Ok(())
    }

    async fn row(&self, scope: WorkspaceScope, id: DatasetId) -> Result<store::DatasetRow, AppError> {
        let row = store::find(&self.db, scope, id).await.or_internal("loading a file")?;
        row.ok_or_else(|| AppError::not_found("file"))
    }
}

/// Where the table of a file is kept.
fn table_key(scope: WorkspaceScope, id: DatasetId) -> String {
    format!("{}/{TABLES}/{id}.parquet", scope.workspace_id())
}

/// Where the file itself is kept.
fn file_key(scope: WorkspaceScope, id: DatasetId) -> String {
    format!("{}/{UPLOADS}/{id}", scope.workspace_id())
}
