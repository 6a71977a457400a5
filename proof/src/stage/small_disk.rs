//! A disk that is soon full.

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::Failure;

/// A disk in memory; it goes with the value.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Makes a disk of so many megabytes; `None` where the prober may not, because only root may.
    pub(crate) fn make(megabytes: u32) -> Result<Option<Self>, Failure> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let folder = tempfile::Builder::new().prefix("quartile-disk").tempdir()?;
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0700"), "tmpfs"])
            .arg(folder.path());
        let output = mount.stdin(Stdio::null()).output()?;
        if output.status.success() { Ok(Some(Self { folder })) } else { Ok(None) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it to the last byte; how many went in.
    pub(crate) fn fill(&self) -> Result<u64, Failure> {
        let mut file = File::options().create(true).append(true).open(self.filler())?;
        let mut written = 0;
        let piece = vec![0; 64 * 1024];
        for size in [piece.len(), 1] {
            loop {
                match file.write(piece.get(..size).unwrap_or_default()) {
                    Ok(0) => break,
                    Ok(length) => written += length as u64,
                    Err(cause) if cause.kind() == ErrorKind::StorageFull => break,
                    Err(cause) => return Err(cause.into()),
                }
            }
        }
        Ok(written)
    }

    /// Frees what was filled.
    pub(crate) fn free(&self) -> Result<(), Failure> {
        Ok(std::fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still holds a file there is about to end.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).stdin(Stdio::null()).status();
    }
}
