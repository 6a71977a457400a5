//! Drills: a backup is worth what comes back from it.

use std::path::Path;

use db::{Db, DbSettings};
use kernel::Ambient;

use super::{BackupError, Contents, failed, restore};
use crate::{Files, KeyRing};

/// Restores a backup into an empty place under `folder`, with everything that is checked at that, and removes it again; what it holds.
pub async fn drill(
    file: &Path,
    ring: &KeyRing,
    ambient: &Ambient,
    folder: &Path,
) -> Result<Contents, BackupError> {
    let place = tempfile::Builder::new().prefix("drill-").tempdir_in(folder).map_err(failed(folder))?;
    let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
    let unfit = |cause: &dyn std::error::Error| BackupError::Unfit(cause.to_string());
    // Backups may lie on another machine; what is opened here is read once, by this program alone.
    let db = Db::open_sqlite(&place.path().join("quartile.db"), settings.connections).await;
    let db = db.map_err(|cause| unfit(&cause))?;
    db::migrate(&db, &settings).await.map_err(|cause| unfit(&cause))?;
    let files = Files::open(place.path(), ambient.clone()).await;
    let files = files.map_err(|cause| BackupError::Unfit(cause.to_string()))?;
    let contents = restore(file, ring, (&db, &files)).await?;
    db.close().await;
    Ok(contents)
}
