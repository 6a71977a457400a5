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

/// Refuses a folder on a disk of another machine: there SQLite's locks and its shared memory do not hold, and the file breaks.
pub(crate) fn refuse_network(folder: &Path) -> Result<(), ConnectError> {
    #[cfg(target_os = "linux")]
    {
        let failed = |cause: rustix::io::Errno| ConnectError::Folder {
            folder: folder.display().to_string(),
            cause: cause.into(),
        };
        let kind = rustix::fs::statfs(folder).map_err(failed)?.f_type;
        // Some platforms widen the number with its sign.
        if let Some(system) = u32::try_from(i128::from(kind) & 0xFFFF_FFFF).ok().and_then(network_system) {
            return Err(ConnectError::Network { folder: folder.display().to_string(), system });
        }
    }
    Ok(())
}

/// The name of a file system that lies on other machines, by the number that Linux has for it (statfs(2)).
fn network_system(kind: u32) -> Option<&'static str> {
    match kind {
        0x6969 => Some("NFS"),
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => Some("SMB"),
        0x00C3_6400 => Some("Ceph"),
        0x5346_414F | 0x6B41_4653 => Some("AFS"),
        0x0BD0_0BD0 => Some("Lustre"),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_of_other_machines_are_known_by_their_numbers() {
        // From statfs(2): NFS_SUPER_MAGIC, CIFS_SUPER_MAGIC, EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC.
        let kinds = [0x6969, 0xFF53_4D42, 0xEF53, 0x9123_683E, 0x0102_1994, 0x794C_7630];
        let expected = [Some("NFS"), Some("SMB"), None, None, None, None];
        assert_eq!(kinds.map(network_system), expected);
    }

    #[test]
    fn a_folder_on_a_disk_of_this_machine_is_taken() {
        refuse_network(&std::env::temp_dir()).unwrap();
    }
}
