//! The keys that wrap all others: a small file, or a setting, never the database.

use std::{collections::BTreeMap, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use age::secrecy::SecretString;
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::Ambient;
use toml_edit::{DocumentMut, Item, Table, value};
use zeroize::Zeroizing;

use super::keyed_hash;

const HEADER: &str = "\
# The keys of this Quartile. With the database and this file everything can be read; without this file nothing personal can.
# Keep a copy apart from the backups. `quartile keys rotate` adds a version; the highest one is in use, or the one that a line `use = 1` names.
";

/// Why the ring cannot be used; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The file cannot be read or written.
    #[error("the key ring {file} cannot be used: {cause}")]
    File {
        /// The file.
        file: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// Others on this machine may read the file.
    #[error("the key ring {file} can be read by others. Run: chmod 600 {file}")]
    Readable {
        /// The file.
        file: String,
    },
    /// It is not a ring.
    #[error(
        "the key ring {origin} cannot be read: it needs a section [keys] with lines like 1 = \"<32 bytes in base64>\""
    )]
    Malformed {
        /// Where it came from.
        origin: String,
    },
}

/// Every version of the wrapping key that is still needed.
pub struct KeyRing {
    keys: BTreeMap<i64, Zeroizing<[u8; 32]>>,
    /// The version to wrap with while not every node has the newest; the highest where there is none.
    used: Option<i64>,
}

impl KeyRing {
    /// A ring with one new key.
    pub fn new(ambient: &Ambient) -> Self {
        Self { keys: BTreeMap::from([(1, Zeroizing::new(ambient.secret::<32>()))]), used: None }
    }

    /// The ring in `file`; `None` if there is no such file. Refuses a file that others may read.
    pub fn load(file: &Path) -> Result<Option<Self>, RingError> {
        use std::os::unix::fs::PermissionsExt;
        let name = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => Zeroizing::new(text),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(RingError::File { file: name, cause }),
        };
        let mode = std::fs::metadata(file).map(|about| about.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            return Err(RingError::Readable { file: name });
        }
        Self::parse(&text, &name).map(Some)
    }

    /// The ring written as the text of such a file; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, RingError> {
        let malformed = || RingError::Malformed { origin: origin.to_owned() };
        let document: DocumentMut = text.parse().map_err(|_| malformed())?;
        let table = document.get("keys").and_then(Item::as_table).ok_or_else(malformed)?;
        let mut keys = BTreeMap::new();
        for (version, key) in table {
            let version: i64 = version.parse().map_err(|_| malformed())?;
            let bytes = key.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Zeroizing::new);
            let key: [u8; 32] =
                bytes.and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or_else(malformed)?;
            keys.insert(version, Zeroizing::new(key));
        }
        let used = document.get("use").map(|used| used.as_integer().ok_or_else(malformed)).transpose()?;
        let is_there = used.is_none_or(|used| keys.contains_key(&used));
        if keys.is_empty() || !is_there { Err(malformed()) } else { Ok(Self { keys, used }) }
    }

    /// Writes the ring to a new file that only this user can read, all or nothing. `false` if there is a file already, which
    /// stays as it is: another process was first.
    pub fn save_new(&self, file: &Path) -> Result<bool, RingError> {
        let failed = |cause| RingError::File { file: file.display().to_string(), cause };
        let fresh = file.with_extension(format!("new-{}", std::process::id()));
        let _leftover = std::fs::remove_file(&fresh);
        let mut options = std::fs::OpenOptions::new();
        let mut writer = options.write(true).create_new(true).mode(0o600).open(&fresh).map_err(failed)?;
        writer.write_all(self.to_text().as_bytes()).map_err(failed)?;
        writer.sync_all().map_err(failed)?;
        // A link never replaces what is there.
        let linked = std::fs::hard_link(&fresh, file);
        std::fs::remove_file(&fresh).map_err(failed)?;
        match linked {
            Ok(()) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => return Ok(false),
            Err(cause) => return Err(failed(cause)),
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(true)
    }

    /// Writes the ring over the file that it came from, all or nothing, readable by this user alone.
    pub fn save_over(&self, file: &Path) -> Result<(), RingError> {
        let failed = |cause| RingError::File { file: file.display().to_string(), cause };
        let fresh = file.with_extension(format!("new-{}", std::process::id()));
        let _leftover = std::fs::remove_file(&fresh);
        let mut options = std::fs::OpenOptions::new();
        let mut writer = options.write(true).create_new(true).mode(0o600).open(&fresh).map_err(failed)?;
        writer.write_all(self.to_text().as_bytes()).map_err(failed)?;
        writer.sync_all().map_err(failed)?;
        std::fs::rename(&fresh, file).map_err(failed)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    fn to_text(&self) -> Zeroizing<String> {
        let mut table = Table::new();
        for (version, key) in &self.keys {
            table.insert(&version.to_string(), value(STANDARD.encode(key.as_slice())));
        }
        let mut document = DocumentMut::new();
        if let Some(used) = self.used {
            document.insert("use", value(used));
        }
        document.insert("keys", Item::Table(table));
        Zeroizing::new(format!("{HEADER}{document}"))
    }

    /// Adds a version, which is used from now on.
    pub fn grow(&mut self, ambient: &Ambient) {
        let next = self.keys.keys().last().map_or(1, |last| last + 1);
        self.keys.insert(next, Zeroizing::new(ambient.secret::<32>()));
        self.used = None;
    }

    /// Takes a version off that is not the one in use; `false` if there is no such version to take.
    pub fn drop_version(&mut self, version: i64) -> bool {
        self.current().0 != version && self.keys.remove(&version).is_some()
    }

    /// The version that is used from now on.
    pub fn newest(&self) -> i64 {
        self.current().0
    }

    /// Whether the ring has that version.
    pub fn has(&self, version: i64) -> bool {
        self.keys.contains_key(&version)
    }

    /// A short name of each version's key that tells nothing about it.
    pub fn fingerprints(&self) -> Vec<(i64, String)> {
        self.keys.iter().map(|(version, key)| (*version, fingerprint(key))).collect()
    }

    /// The name of the key that backups are sealed with from now on, and what it seals them with.
    pub(crate) fn seal_of_backups(&self) -> (String, SecretString) {
        let (_, key) = self.current();
        (fingerprint(key), passphrase(key))
    }

    /// What a backup was sealed with that names this key; `None` if it is not on the ring.
    pub(crate) fn key_of_backup(&self, wanted: &str) -> Option<SecretString> {
        self.keys.values().find(|key| fingerprint(key) == wanted).map(|key| passphrase(key))
    }

    pub(super) fn current(&self) -> (i64, &[u8; 32]) {
        const NOTHING: &[u8; 32] = &[0; 32];
        let used = self.used.and_then(|used| self.keys.get_key_value(&used));
        // A ring is never empty: it is made with one key or refused.
        used.or_else(|| self.keys.iter().next_back()).map_or((0, NOTHING), |(version, key)| (*version, key))
    }

    pub(super) fn get(&self, version: i64) -> Option<&[u8; 32]> {
        self.keys.get(&version).map(|key| &**key)
    }
}

fn fingerprint(key: &[u8; 32]) -> String {
    kernel::hex(keyed_hash(key, b"quartile key fingerprint").get(..8).unwrap_or(&[]))
}

fn passphrase(key: &[u8; 32]) -> SecretString {
    SecretString::from(kernel::hex(&keyed_hash(key, b"quartile backup")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_kept_for_its_owner_alone_and_read_back() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        assert!(KeyRing::load(&file).unwrap().is_none());
        let mut ring = KeyRing::new(&Ambient::system());
        ring.grow(&Ambient::system());
        assert!(ring.save_new(&file).unwrap());
        assert!(!KeyRing::new(&Ambient::system()).save_new(&file).unwrap(), "the ring in use stays");
        let read = KeyRing::load(&file).unwrap().unwrap();
        assert_eq!(read.fingerprints(), ring.fingerprints());
        assert_eq!(read.current().0, 2);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(KeyRing::load(&file), Err(RingError::Readable { .. })));
    }

    #[test]
    fn an_older_version_stays_in_use_until_every_node_has_the_newest() {
        let key = "dGhpcyByaW5nIGlzIGtub3duIHRvIGV2ZXJ5Ym9keSE=";
        let keys = format!("[keys]\n1 = \"{key}\"\n2 = \"{key}\"\n");
        assert_eq!(KeyRing::parse(&keys, "x").unwrap().newest(), 2);
        let held = KeyRing::parse(&format!("use = 1\n{keys}"), "x").unwrap();
        assert_eq!((held.newest(), held.has(2)), (1, true));
        assert_eq!(KeyRing::parse(&held.to_text(), "x").unwrap().newest(), 1);
    }

    #[test]
    fn what_is_no_ring_is_refused_with_the_form_it_should_have() {
        for text in [
            "use = 2\n[keys]\n1 = \"dGhpcyByaW5nIGlzIGtub3duIHRvIGV2ZXJ5Ym9keSE=\"",
            "",
            "[keys]",
            "[keys]\n1 = \"c2hvcnQ=\"",
            "[keys]\none = \"x\"",
            "keys = 1",
            "[keys",
        ] {
            let error = KeyRing::parse(text, "keys.toml").err().unwrap().to_string();
            assert!(error.contains("keys.toml") && error.contains("base64"), "{error}");
        }
    }
}
