//! A file of log lines that is packed away every day and whenever it has grown large; so many old ones are kept.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    thread::JoinHandle,
};

use chrono::{DateTime, NaiveDate, Utc};
use flate2::{Compression, write::GzEncoder};
use kernel::Ambient;

/// So many old files are kept of each stream.
const KEPT: usize = 14;
/// How the names of files end that are not packed yet, and of those that are.
const PLAIN: &str = ".log";
const PACKED: &str = ".log.gz";

/// Where the lines of one stream go.
pub(super) struct LogFile {
    folder: PathBuf,
    name: &'static str,
    ambient: Ambient,
    most_bytes: u64,
    current: Option<Current>,
    packing: Option<JoinHandle<()>>,
}

struct Current {
    file: File,
    length: u64,
    /// The day that its lines are of.
    day: NaiveDate,
}

impl LogFile {
    /// Goes on with the file `<name>.log` in the folder, which is made if need be. Nobody but this user can read either.
    pub(super) fn open(
        folder: &Path,
        name: &'static str,
        ambient: &Ambient,
        most_bytes: u64,
    ) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let (folder, ambient) = (folder.to_owned(), ambient.clone());
        let mut log = Self { folder, name, ambient, most_bytes, current: None, packing: None };
        log.current = Some(log.open_current()?);
        log.pack();
        Ok(log)
    }

    /// Writes whole lines, all or nothing. After a failure the next call tries anew from the start.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let today = self.ambient.now().date_naive();
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.open_current()?,
        };
        let is_due = current.day != today || current.length + lines.len() as u64 > self.most_bytes;
        if is_due && current.length > 0 {
            // A file that cannot be put away goes on growing, which is better than losing lines.
            current = self.replace(&current).unwrap_or(current);
        }
        if let Err(cause) = current.file.write_all(lines) {
            // No half line stays before the next one.
            let _ = current.file.set_len(current.length);
            return Err(cause);
        }
        current.length += lines.len() as u64;
        if current.length == lines.len() as u64 {
            current.day = today;
        }
        self.current = Some(current);
        Ok(())
    }

    fn open_current(&self) -> io::Result<Current> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(self.path())?;
        let about = file.metadata()?;
        if about.is_file() {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        let written: DateTime<Utc> = about.modified()?.into();
        Ok(Current { file, length: about.len(), day: written.date_naive() })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    /// Puts the file away under the day of its lines, and begins a new one.
    fn replace(&mut self, old: &Current) -> io::Result<Current> {
        let day = format!("{}-{}-", self.name, old.day.format("%Y%m%d"));
        let last = old_files(&self.folder, self.name)?.into_iter().rev().find(|file| file.starts_with(&day));
        let number = last.and_then(|file| file.get(day.len()..day.len() + 4)?.parse::<u32>().ok());
        let aside = self.folder.join(format!("{day}{:04}.log", number.map_or(1, |number| number + 1)));
        fs::rename(self.path(), &aside)?;
        match self.open_current() {
            Ok(new) => {
                self.pack();
                Ok(new)
            }
            Err(cause) => {
                fs::rename(aside, self.path())?;
                Err(cause)
            }
        }
    }

    /// Packs old files beside the work, which takes a while. What is not done now is done the next time.
    fn pack(&mut self) {
        if self.packing.as_ref().is_none_or(JoinHandle::is_finished) {
            let (folder, name) = (self.folder.clone(), self.name);
            self.packing = std::thread::Builder::new()
                .name("log packing".to_owned())
                .spawn(move || {
                    let _left_for_the_next_time = pack_old(&folder, name);
                })
                .ok();
        }
    }
}

/// The names of old files of a stream, packed or not, the oldest first.
fn old_files(folder: &Path, name: &str) -> io::Result<Vec<String>> {
    let begin = format!("{name}-");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let is_old = file.ends_with(PLAIN) || file.ends_with(PACKED);
        if file.starts_with(&begin) && is_old {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Removes the oldest files, and packs the others.
fn pack_old(folder: &Path, name: &str) -> io::Result<()> {
    let files = old_files(folder, name)?;
    let (gone, kept) = files.split_at(files.len().saturating_sub(KEPT));
    for file in gone {
        fs::remove_file(folder.join(file))?;
    }
    for file in kept.iter().filter(|file| file.ends_with(PLAIN)) {
        let (plain, partial) = (folder.join(file), folder.join(format!("{file}.partial")));
        let mut options = OpenOptions::new();
        let target = options.write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
        let mut packed = GzEncoder::new(target, Compression::default());
        io::copy(&mut File::open(&plain)?, &mut packed)?;
        packed.finish()?.flush()?;
        fs::rename(&partial, folder.join(format!("{file}.gz")))?;
        fs::remove_file(plain)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{io::Read, sync::Arc, time::Duration};

    use flate2::read::GzDecoder;
    use kernel::{Clock, SystemEntropy};

    use super::*;

    /// So many days after the files of the test are made.
    struct DaysLater(i64);

    impl Clock for DaysLater {
        fn now(&self) -> DateTime<Utc> {
            Ambient::system().now() + chrono::TimeDelta::days(self.0)
        }
    }

    fn log(folder: &Path, days: i64, most_bytes: u64) -> LogFile {
        let ambient = Ambient::new(Arc::new(DaysLater(days)), Arc::new(SystemEntropy));
        LogFile::open(folder, "quartile", &ambient, most_bytes).unwrap()
    }

    /// The names of old files once none is left to be packed.
    fn packed(log: &mut LogFile) -> Vec<String> {
        while log.packing.take().is_some_and(|packing| packing.join().is_ok()) {
            log.pack();
            let files = old_files(&log.folder, log.name).unwrap();
            if files.len() <= KEPT && files.iter().all(|file| file.ends_with(PACKED)) {
                return files;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("packing cannot begin");
    }

    fn unpacked(folder: &Path, file: &str) -> String {
        let mut text = String::new();
        GzDecoder::new(File::open(folder.join(file)).unwrap()).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_file_that_has_grown_large_is_packed_and_no_line_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = log(folder.path(), 0, 20);
        for line in ["{\"line\":1}\n", "{\"line\":2}\n", "{\"line\":3}\n"] {
            log.write(line.as_bytes()).unwrap();
        }
        let files = packed(&mut log);
        assert_eq!(files.len(), 2, "{files:?}");
        assert_eq!(unpacked(folder.path(), &files[0]), "{\"line\":1}\n");
        assert_eq!(unpacked(folder.path(), &files[1]), "{\"line\":2}\n");
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "{\"line\":3}\n");
    }

    #[test]
    fn a_new_day_begins_a_new_file_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        log(folder.path(), 0, 1_000).write(b"yesterday\n").unwrap();
        let mut log = log(folder.path(), 1, 1_000);
        log.write(b"today\n").unwrap();
        log.write(b"today too\n").unwrap();
        let files = packed(&mut log);
        let yesterday = Ambient::system().now().format("quartile-%Y%m%d-0001.log.gz").to_string();
        assert_eq!(files, [yesterday]);
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "today\ntoday too\n");
    }

    #[test]
    fn so_many_old_files_are_kept_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = log(folder.path(), 0, 1);
        for number in 0..KEPT + 5 {
            log.write(format!("{number}\n").as_bytes()).unwrap();
        }
        let files = packed(&mut log);
        assert_eq!(files.len(), KEPT);
        assert_eq!(unpacked(folder.path(), &files[0]), "4\n", "18 were put away, and the first 4 are gone");
    }

    #[test]
    fn nobody_else_on_the_machine_reads_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("logs");
        let mut log = log(&inner, 0, 1);
        log.write(b"1\n").unwrap();
        log.write(b"2\n").unwrap();
        let old = inner.join(packed(&mut log).remove(0));
        for (path, mode) in [(inner.clone(), 0o700), (log.path(), 0o600), (old, 0o600)] {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
        }
    }

    #[test]
    fn a_disk_that_has_room_again_gets_whole_lines_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quartile.log");
        // Every write to it fails as on a full disk.
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let mut log = log(folder.path(), 0, 1_000);
        for _ in 0..3 {
            assert_eq!(log.write(b"lost\n").unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
        fs::remove_file(&path).unwrap();
        log.write(b"kept\n").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "kept\n");
    }
}
