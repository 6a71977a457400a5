//! Files that arrive in pieces, over hours if need be.

use std::{path::PathBuf, time::Duration};

use kernel::WorkspaceId;
use tokio::{
    fs,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use super::{FileError, Files, Spooled, make_folder, unless_gone};

/// A part while it grows. What was written and not [`Part::sync`]ed may be lost.
pub struct Part {
    file: fs::File,
    size_bytes: u64,
}

impl Part {
    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).await?;
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    /// How much there is.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Forces everything to disk, and tells how much it is.
    pub async fn sync(mut self) -> Result<u64, FileError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(self.size_bytes)
    }
}

impl Files {
    /// The part of that name (`<workspace>/<id>`), to go on after so many bytes: whatever was written beyond them was never acknowledged, and goes.
    pub async fn part(&self, name: &str, after: u64) -> Result<Part, FileError> {
        let path = self.part_path(name);
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        let is_new = !fs::try_exists(&path).await?;
        make_folder(&folder).await?;
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(false).mode(0o600).open(&path).await?;
        if file.metadata().await?.len() < after {
            let lost = std::io::Error::new(
                std::io::ErrorKind::UnexpectedEof,
                "a part of an upload is shorter than noted",
            );
            return Err(lost.into());
        }
        if is_new {
            // The file itself is forced to disk with each piece, its name once.
            for above in folder.ancestors().take_while(|above| above.starts_with(&self.root)) {
                fs::File::open(above).await?.sync_all().await?;
            }
        }
        file.set_len(after).await?;
        file.seek(SeekFrom::End(0)).await?;
        Ok(Part { file, size_bytes: after })
    }

    /// A copy of the part as a complete file that has no place yet. The part itself stays until it is removed.
    pub async fn spool_part(&self, name: &str) -> Result<Spooled, FileError> {
        let (mut spool, mut buffer) = (self.spool().await?, vec![0; 256 * 1024]);
        let mut file = fs::File::open(self.part_path(name)).await?;
        loop {
            let count = file.read(&mut buffer).await?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            spool.write(bytes).await?;
        }
        spool.finish().await
    }

    /// Removes parts that nobody has written to for so long.
    pub async fn sweep_parts(&self, older_than: Duration) -> Result<(), FileError> {
        let mut folders = vec![self.root.join("parts")];
        while let Some(folder) = folders.pop() {
            let mut entries = match fs::read_dir(&folder).await {
                Ok(entries) => entries,
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => continue,
                Err(cause) => return Err(cause.into()),
            };
            while let Some(entry) = entries.next_entry().await? {
                let Some(about) = unless_gone(entry.metadata().await)? else { continue };
                if about.is_dir() {
                    folders.push(entry.path());
                } else if about.modified()?.elapsed().unwrap_or_default() > older_than {
                    unless_gone(fs::remove_file(entry.path()).await)?;
                }
            }
        }
        Ok(())
    }

    /// Removes every part of a workspace.
    pub(super) async fn remove_parts_of(&self, workspace: WorkspaceId) -> Result<(), FileError> {
        match fs::remove_dir_all(self.part_path(&workspace.to_string())).await {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
            _ => Ok(()),
        }
    }

    /// Removes the part, if there is one.
    pub async fn remove_part(&self, name: &str) -> Result<(), FileError> {
        match fs::remove_file(self.part_path(name)).await {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
            _ => Ok(()),
        }
    }

    fn part_path(&self, name: &str) -> PathBuf {
        self.root.join("parts").join(name)
    }
}
