//! The SQLite file: for this user alone, for one program at a time, and whole.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use sqlx::error::DatabaseError;

use crate::{ConnectError, Db};

/// SQLite's own words for a file that is not what it should be.
const DAMAGED: [&str; 2] = ["11", "26"];

/// The data folder, held by one program until the value goes, however the program ends.
#[derive(Debug)]
#[must_use = "the folder is held as long as this lives"]
pub struct Hold(#[expect(dead_code, reason = "the lock goes with the file")] File);

/// Holds the data folder, so that no second program works on the same file.
pub fn hold(data_folder: &Path) -> Result<Hold, ConnectError> {
    make_folder(data_folder)?;
    let file = data_folder.join("quartile.lock");
    let failed = |cause| ConnectError::File { file: file.display().to_string(), cause };
    let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&file);
    let lock = lock.map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(Hold(lock)),
        Err(TryLockError::WouldBlock) => {
            Err(ConnectError::InUse { folder: data_folder.display().to_string() })
        }
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// Makes the folder, for this user alone.
pub(crate) fn make_folder(folder: &Path) -> Result<(), ConnectError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| ConnectError::Folder { folder: folder.display().to_string(), cause })
}

/// Makes the file for this user alone, or refuses one that everybody on the machine may read or change.
pub(crate) fn prepare(file: &Path) -> Result<(), ConnectError> {
    let failed = |cause| ConnectError::File { file: file.display().to_string(), cause };
    // A file that is there is not opened: closing it again would take away the locks that SQLite has on it in this process.
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(_) => return Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
        Err(cause) => return Err(failed(cause)),
    }
    let mode = fs::metadata(file).map_err(failed)?.permissions().mode();
    if mode & 0o006 == 0 { Ok(()) } else { Err(ConnectError::Readable { file: file.display().to_string() }) }
}

/// What the engine said, or that the file is damaged.
pub(crate) fn named(cause: sqlx::Error, file: &Path) -> ConnectError {
    let code = cause.as_database_error().and_then(DatabaseError::code);
    // The last eight bits are the kind, the others only refine it.
    let kind = code.and_then(|code| code.parse::<u32>().ok()).map(|code| (code & 0xff).to_string());
    if kind.is_some_and(|kind| DAMAGED.contains(&kind.as_str())) {
        return ConnectError::Damaged { file: file.display().to_string(), finding: cause.to_string() };
    }
    ConnectError::Engine(cause)
}

impl Db {
    /// Refuses an SQLite file that is damaged, before anything is written to it. Postgres looks after its own files.
    pub async fn check_whole(&self) -> Result<(), ConnectError> {
        let Self::Sqlite { readers, .. } = self else { return Ok(()) };
        let options = readers.connect_options();
        let file = options.get_filename();
        let finding: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(readers)
            .await
            .map_err(|cause| named(cause, file))?;
        if finding == "ok" {
            return Ok(());
        }
        let finding = finding.replace('\n', " ");
        Err(ConnectError::Damaged { file: file.display().to_string(), finding })
    }
}
