//! Files, kept byte for byte under names made here, and durable before anyone is told so.
//!
//! A file first grows in `tmp/` as a [`Spool`]; [`Spool::finish`] forces it to disk; [`Files::keep`] renames it to its
//! place and forces the folder to disk. What is not kept is swept at the next start.

mod parts;

use std::{
    any::Any,
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use kernel::{Ambient, AppError, WorkspaceId};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};
use tokio::{fs, io::AsyncWriteExt};

pub use parts::Part;

/// Who may enter a folder: this user.
const FOR_US_ALONE: u32 = 0o700;

/// Why a file could not be kept or read, for the log.
#[derive(Debug)]
pub enum FileError {
    /// The operating system refused.
    Io(io::Error),
    /// The store refused.
    Store(object_store::Error),
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(cause) => write!(f, "file: {cause}"),
            Self::Store(cause) => write!(f, "object store: {cause}"),
        }
    }
}

impl From<io::Error> for FileError {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

impl From<object_store::Error> for FileError {
    fn from(cause: object_store::Error) -> Self {
        Self::Store(cause)
    }
}

impl FileError {
    /// Whether the disk has no room left.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io(cause) if is_full(cause))
    }
}

fn is_full(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What a failure means, if it is none of ours: no room.
fn plainly(cause: &dyn Any) -> Option<AppError> {
    let is_full = cause.downcast_ref::<FileError>().is_some_and(FileError::is_disk_full)
        || cause.downcast_ref::<io::Error>().is_some_and(is_full);
    let message = "The disk of this server is full, so nothing was kept. Tell the operator, then try again";
    is_full.then(|| AppError::Unavailable { message: message.to_owned() })
}

/// The folder of kept files.
#[derive(Clone)]
pub struct Files {
    root: PathBuf,
    store: Arc<LocalFileSystem>,
    ambient: Ambient,
}

impl Files {
    /// Opens (and makes) the folder; leftovers of interrupted uploads are removed.
    pub async fn open(root: &Path, ambient: Ambient) -> Result<Self, FileError> {
        kernel::recognise(plainly);
        let spools = root.join("tmp");
        for folder in [&spools, &root.join("kept")] {
            make_folder(folder).await?;
            close(folder).await;
        }
        let store = LocalFileSystem::new_with_prefix(root.join("kept"))?;
        let files = Self { root: root.to_owned(), store: Arc::new(store), ambient };
        files.sweep(&spools).await?;
        Ok(files)
    }

    /// How many bytes the disk of the folder has left for the program.
    pub fn free_bytes(&self) -> std::io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.root)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// The folder of files that are needed for a moment, on the same disk.
    pub fn folder_for_now(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Starts a file whose place is decided later.
    pub async fn spool(&self) -> Result<Spool, FileError> {
        let path = self.root.join("tmp").join(self.ambient.id::<kernel::JobId>().to_string());
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path).await?;
        Ok(Spool { path: Some(path), file, hash: Sha256::new(), size_bytes: 0 })
    }

    /// Moves a finished spool to `key` and makes that durable. Writing twice replaces what was there, all at once.
    pub async fn keep(&self, spooled: Spooled, key: &str) -> Result<(), FileError> {
        let target = self.path(key);
        let folder = target.parent().unwrap_or(&self.root).to_owned();
        make_folder(&folder).await?;
        fs::rename(&spooled.path, &target).await?;
        spooled.forget();
        fs::File::open(&folder).await?.sync_all().await?;
        // Each folder above may just have been made, and is durable only by an entry in its own.
        for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.root)) {
            fs::File::open(above).await?.sync_all().await?;
        }
        Ok(())
    }

    /// Keeps bytes that are already in memory.
    pub async fn keep_bytes(&self, bytes: &[u8], key: &str) -> Result<Spooled, FileError> {
        let mut spool = self.spool().await?;
        spool.write(bytes).await?;
        let spooled = spool.finish().await?;
        let facts = spooled.facts_only();
        self.keep(spooled, key).await?;
        Ok(facts)
    }

    /// The whole content; for files that are known to be small.
    pub async fn read(&self, key: &str) -> Result<Bytes, FileError> {
        Ok(self.store.get(&Key::from(key)).await?.bytes().await?)
    }

    /// The content piece by piece, with its size in bytes.
    pub async fn stream(
        &self,
        key: &str,
    ) -> Result<(u64, futures::stream::BoxStream<'static, Result<Bytes, object_store::Error>>), FileError>
    {
        let found = self.store.get(&Key::from(key)).await?;
        Ok((found.meta.size, found.into_stream()))
    }

    /// Removes a file; removing what is not there is no error.
    pub async fn remove(&self, key: &str) -> Result<(), FileError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }

    /// The workspaces that have files.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, FileError> {
        let mut folders = fs::read_dir(self.root.join("kept")).await?;
        let mut found = Vec::new();
        while let Some(folder) = folders.next_entry().await? {
            found.extend(folder.file_name().to_str().and_then(|name| name.parse::<WorkspaceId>().ok()));
        }
        Ok(found)
    }

    /// Removes every file of a workspace.
    pub async fn remove_all_of(&self, workspace: WorkspaceId) -> Result<(), FileError> {
        self.remove_parts_of(workspace).await?;
        let keys =
            self.store.list(Some(&Key::from(workspace.to_string()))).map_ok(|file| file.location).boxed();
        self.store.delete_stream(keys).try_collect::<Vec<_>>().await?;
        Ok(())
    }

    /// The keys of a workspace's files in one of its folders that were last written so long ago.
    pub async fn older_than(
        &self,
        workspace: WorkspaceId,
        folder: &str,
        age: Duration,
    ) -> Result<Vec<String>, FileError> {
        let mut entries = match fs::read_dir(self.path(&format!("{workspace}/{folder}"))).await {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(cause.into()),
        };
        let mut keys = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let about = match entry.metadata().await {
                Ok(about) => about,
                // Somebody removed it meanwhile.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                Err(cause) => return Err(cause.into()),
            };
            if about.is_file() && about.modified()?.elapsed().unwrap_or_default() > age {
                keys.push(format!("{workspace}/{folder}/{}", entry.file_name().to_string_lossy()));
            }
        }
        Ok(keys)
    }

    /// The keys of all kept files, in order.
    pub fn list(&self) -> std::io::Result<Vec<String>> {
        let root = self.root.join("kept");
        let (mut keys, mut folders) = (Vec::new(), vec![root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(key) = path.strip_prefix(&root) {
                    keys.push(key.to_string_lossy().into_owned());
                }
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// Where the file lies on this machine, for engines that read files by themselves.
    pub fn path(&self, key: &str) -> PathBuf {
        self.root.join("kept").join(key)
    }

    async fn sweep(&self, spools: &Path) -> Result<(), FileError> {
        const KEPT_FOR: Duration = Duration::from_hours(1);
        let mut entries = fs::read_dir(spools).await?;
        while let Some(entry) = entries.next_entry().await? {
            // Other processes finish and remove theirs meanwhile.
            let Some(about) = unless_gone(entry.metadata().await)? else { continue };
            if about.modified()?.elapsed().unwrap_or_default() > KEPT_FOR {
                unless_gone(fs::remove_file(entry.path()).await)?;
            }
        }
        Ok(())
    }
}

/// Makes the folder and those above it, for this user alone.
async fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(FOR_US_ALONE).create(folder).await
}

/// Closes a folder that was there before to others, if it is ours.
async fn close(folder: &Path) {
    let is_open = |about: std::fs::Metadata| about.permissions().mode() & 0o077 != 0;
    if !fs::metadata(folder).await.is_ok_and(is_open) {
        return;
    }
    let folder_name = folder.display();
    match fs::set_permissions(folder, Permissions::from_mode(FOR_US_ALONE)).await {
        Ok(()) => {
            tracing::info!(folder = %folder_name, "A folder that others could enter is for this user alone now");
        }
        Err(error) => tracing::warn!(folder = %folder_name, %error, "A folder cannot be closed to others"),
    }
}

fn unless_gone<T>(found: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match found {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A file while it grows. Dropping it removes it.
pub struct Spool {
    path: Option<PathBuf>,
    file: fs::File,
    hash: Sha256,
    size_bytes: u64,
}

impl Spool {
    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).await?;
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    /// How much was written so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Forces everything to disk.
    pub async fn finish(mut self) -> Result<Spooled, FileError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let sha256 = kernel::hex(&self.hash.clone().finalize());
        let path = self.path.take().unwrap_or_default();
        Ok(Spooled { path, sha256, size_bytes: self.size_bytes })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // Nothing is lost if this fails: the sweep at the next start removes it.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A complete file on disk that has no place yet. Dropping it removes it.
pub struct Spooled {
    path: PathBuf,
    /// Lower-case hexadecimal digest of the content.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
}

impl Spooled {
    /// Where the bytes lie now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn forget(mut self) {
        self.path = PathBuf::new();
    }

    fn facts_only(&self) -> Self {
        Self { path: PathBuf::new(), sha256: self.sha256.clone(), size_bytes: self.size_bytes }
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
