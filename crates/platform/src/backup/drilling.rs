//! Drills: a backup is worth what comes back from it.

use std::path::Path;

use db::{Db, DbSettings};
use kernel::Ambient;

use super::{BackupError, Contents, failed, restore};
use crate::{Files, KeyRing, Vault, audit};

/// Restores a backup into an empty place under `folder`, checks everything there, and removes it again; what it holds, and how many events
/// of the audit log.
pub async fn drill(
    file: &Path,
    ring: KeyRing,
    ambient: &Ambient,
    folder: &Path,
) -> Result<(Contents, u64), BackupError> {
    let place = tempfile::Builder::new().prefix("drill-").tempdir_in(folder).map_err(failed(folder))?;
    let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
    let unfit = |cause: &dyn std::error::Error| BackupError::Unfit(cause.to_string());
    let db = Db::open(&settings, place.path()).await.map_err(|cause| unfit(&cause))?;
    db::migrate(&db, &settings).await.map_err(|cause| unfit(&cause))?;
    let files = Files::open(place.path(), ambient.clone()).await;
    let files = files.map_err(|cause| BackupError::Unfit(cause.to_string()))?;
    let contents = restore(file, &ring, (&db, &files)).await?;
    let events = check(&db, ring, ambient).await?;
    db.close().await;
    Ok((contents, events))
}

/// Opens the keys of a restored database and walks the chains of its audit log; how many events there are.
pub async fn check(db: &Db, ring: KeyRing, ambient: &Ambient) -> Result<u64, BackupError> {
    let opened = Vault::open_with(db.clone(), ambient.clone(), ring).await;
    opened.map_err(|cause| BackupError::Unfit(cause.to_string()))?;
    audit::verify(db).await?.map_err(|breaks| {
        let breaks: Vec<String> = breaks.iter().map(ToString::to_string).collect();
        BackupError::Unfit(breaks.join("\n"))
    })
}
