//! Files that arrive in pieces, over hours if need be.

use std::path::PathBuf;

use sha2::{Digest, Sha256};
use tokio::{
    fs,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use super::{FileError, Files, Spooled};

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
    /// The part of that name, to go on after so many bytes: whatever was written beyond them was never acknowledged, and goes.
    pub async fn part(&self, name: &str, after: u64) -> Result<Part, FileError> {
        let path = self.part_path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
        }
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(false).mode(0o600).open(&path).await?;
        if file.metadata().await?.len() < after {
            let lost = std::io::Error::new(
                std::io::ErrorKind::UnexpectedEof,
                "a part of an upload is shorter than noted",
            );
            return Err(lost.into());
        }
        file.set_len(after).await?;
        file.seek(SeekFrom::End(0)).await?;
        Ok(Part { file, size_bytes: after })
    }

    /// The part as a complete file that has no place yet. The part itself stays until it is removed.
    pub async fn spool_part(&self, name: &str) -> Result<Spooled, FileError> {
        let path = self.folder_for_now().join(self.ambient.id::<kernel::JobId>().to_string());
        fs::hard_link(self.part_path(name), &path).await?;
        let (mut hash, mut size_bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
        let mut file = fs::File::open(&path).await?;
        loop {
            let count = file.read(&mut buffer).await?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            size_bytes += count as u64;
        }
        Ok(Spooled { path, sha256: kernel::hex(&hash.finalize()), size_bytes })
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
