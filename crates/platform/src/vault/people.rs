//! The keys of people, as backups need them: what is a person's in a backup is sealed with that person's key, and the keys are kept
//! elsewhere. Whose key is gone cannot be read in any backup, however old.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use db::Tx;
use hkdf::Hkdf;
use kernel::{Ambient, AppError};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use super::{
    envelope::{DataKey, NONCE_BYTES, decrypt, encrypt},
    keyed_hash,
    ring::KeyRing,
    store::{self, KeyRow},
};

/// The keys of people, opened.
#[derive(Default)]
pub(crate) struct PeopleKeys {
    by_id: HashMap<Uuid, (KeyRow, DataKey)>,
    /// Of each person, the newest last.
    by_person: HashMap<Uuid, Vec<Uuid>>,
}

/// A row in a backup that only its person's key opens.
#[derive(Serialize, Deserialize)]
struct Sealed {
    key: Uuid,
    sealed: String,
}

/// What a sealed row is.
pub(crate) enum Opened {
    /// The row.
    Row(String),
    /// A person's who has been erased.
    Gone,
    /// Nothing that was ever sealed.
    Broken,
}

impl PeopleKeys {
    /// Opens the keys; `None` if the ring does not open one of them.
    pub(crate) fn open(mut rows: Vec<KeyRow>, ring: &KeyRing) -> Option<Self> {
        rows.sort_by_key(|row| (row.created_at, row.id));
        let mut keys = Self::default();
        for row in rows {
            let key = row.unwrap(ring)?;
            keys.by_person.entry(row.owner).or_default().push(row.id);
            keys.by_id.insert(row.id, (row, key));
        }
        Some(keys)
    }

    /// Adds the keys of others.
    pub(crate) fn take_in(&mut self, others: Self) {
        self.by_id.extend(others.by_id);
        self.by_person.extend(others.by_person);
    }

    /// The keys as they are kept: wrapped with the version of the ring that is in use.
    pub(crate) fn wrapped_anew(&self, ring: &KeyRing, ambient: &Ambient) -> Vec<KeyRow> {
        self.by_id.values().map(|(row, key)| row.wrapped_anew(key, ring, ambient)).collect()
    }

    /// Whether there is a key of this person.
    pub(crate) fn has(&self, person: Uuid) -> bool {
        self.by_person.contains_key(&person)
    }

    /// The row, sealed with the key of its person. Equal rows are sealed alike, so that backups can be compared.
    pub(crate) fn seal(&self, person: Uuid, table: &str, row: &str) -> Option<String> {
        let key = self.by_person.get(&person)?.last()?;
        let (_, bytes) = self.by_id.get(key)?;
        let (sealing, naming) = (derived(bytes, b"backup row"), derived(bytes, b"backup nonce"));
        let mut nonce = [0; NONCE_BYTES];
        let name = keyed_hash(&naming, &[table.as_bytes(), &[0], row.as_bytes()].concat());
        nonce.copy_from_slice(name.get(..NONCE_BYTES)?);
        let mut sealed = nonce.to_vec();
        sealed.extend(encrypt(&sealing, nonce, table.as_bytes(), row.as_bytes()));
        serde_json::to_string(&Sealed { key: *key, sealed: STANDARD_NO_PAD.encode(sealed) }).ok()
    }

    /// The row that was sealed.
    pub(crate) fn unseal(&self, table: &str, line: &str) -> Opened {
        let Ok(Sealed { key, sealed }) = serde_json::from_str(line) else { return Opened::Broken };
        let Some((_, bytes)) = self.by_id.get(&key) else { return Opened::Gone };
        let open = || {
            let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
            let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES)?;
            let sealing = derived(bytes, b"backup row");
            let row = decrypt(&sealing, nonce.try_into().ok()?, table.as_bytes(), ciphertext)?;
            String::from_utf8(row).ok()
        };
        open().map_or(Opened::Broken, Opened::Row)
    }

    /// Puts the keys of one person into the database. Those that are retired are in use again: they seal what comes back.
    pub(crate) async fn put_back(&self, tx: &mut Tx, person: Uuid) -> Result<(), AppError> {
        for id in self.by_person.get(&person).into_iter().flatten() {
            if let Some((row, _)) = self.by_id.get(id) {
                store::insert_unless_there(tx, &row.in_use()).await?;
            }
        }
        Ok(())
    }
}

fn derived(key: &DataKey, purpose: &[u8]) -> [u8; 32] {
    let mut derived = [0; 32];
    let expanded = Hkdf::<Sha256>::new(None, key.bytes()).expand(purpose, &mut derived);
    debug_assert!(expanded.is_ok(), "32 bytes are never too long for SHA-256");
    derived
}
