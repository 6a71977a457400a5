//! Sealing what must not be readable in a copy of the database.
//!
//! The [`KeyRing`] lies outside the database and wraps data keys, one per owner (a person, a workspace, or the instance itself),
//! which seal values with XChaCha20-Poly1305. A sealed value is bound to its table, column, row and owner, so one that was moved
//! opens nowhere. Equal values are found by a keyed hash. Removing an owner's data keys makes all of the owner's values unreadable.

mod columns;
mod envelope;
mod index;
mod people;
mod renewal;
mod ring;
mod store;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use db::{Db, Tx};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Ambient, AppError, OrInternal, UserId, WorkspaceId};
use moka::future::Cache;
use sha2::Sha256;
use uuid::Uuid;

pub use columns::{Owners, RowKey, SealedColumn};
use envelope::{DataKey, Envelope, NONCE_BYTES, decrypt, encrypt};
pub(crate) use index::IndexKey;
pub(crate) use people::{Opened, PeopleKeys};
pub use renewal::{Renewal, Renewed};
pub use ring::{KeyRing, RingError};
pub(crate) use store::KeyRow;

/// Whose value it is: the value goes when its owner's keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The instance itself.
    Instance,
    /// A person.
    Person(UserId),
    /// A workspace.
    Workspace(WorkspaceId),
}

impl Owner {
    fn uuid(self) -> Uuid {
        match self {
            Self::Instance => Uuid::nil(),
            Self::Person(id) => id.uuid(),
            Self::Workspace(id) => id.uuid(),
        }
    }
}

/// Where a sealed value stands; a value opens only there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
    /// Whose value it is.
    pub owner: Owner,
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for text in [self.table, self.column] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend(self.row.as_bytes());
        bytes.extend(self.owner.uuid().as_bytes());
        bytes
    }
}

const SEAL: &str = "seal";

/// Why values cannot be sealed or opened; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database did not answer.
    #[error("{0}")]
    Database(AppError),
    /// The ring belongs to another database, or was lost and made anew.
    #[error(
        "the key ring does not belong to this database: {0} keys in it were wrapped by version {1}, which this ring does not have or has otherwise. Put the right keys.toml back"
    )]
    WrongRing(i64, i64),
}

/// Seals, opens and indexes values.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    ambient: Ambient,
    ring: Arc<RwLock<Arc<KeyRing>>>,
    /// Where the ring came from, if that can be read again.
    ring_file: Option<Arc<Path>>,
    index_key: Arc<IndexKey>,
    opened: Cache<Uuid, Arc<DataKey>>,
    /// What each owner seals with at the moment.
    sealing: Cache<Uuid, Arc<DataKey>>,
}

impl Vault {
    /// Opens the vault with its ring; refuses a ring that does not open the keys of this database.
    pub async fn open_with(db: Db, ambient: Ambient, ring: KeyRing) -> Result<Self, VaultError> {
        for (version, count) in store::count_by_ring(&db).await.map_err(VaultError::Database)? {
            if !ring.has(version) {
                return Err(VaultError::WrongRing(count, version));
            }
        }
        let mut tx = db.begin().await.map_err(VaultError::Database)?;
        IndexKey::make_unless_there(&mut tx, &ring, &ambient).await.map_err(VaultError::Database)?;
        let index_key = IndexKey::find_in(&mut tx, &ring).await?;
        tx.commit().await.map_err(VaultError::Database)?;
        // It was made just now, if it was not there before.
        let index_key = index_key.ok_or(VaultError::WrongRing(1, 0))?;
        // Short-lived: another node may have removed a person's key.
        let short_lived = || Cache::builder().max_capacity(20_000).time_to_live(Duration::from_secs(30));
        let (opened, sealing) = (short_lived().build(), short_lived().build());
        let ring = Arc::new(RwLock::new(Arc::new(ring)));
        Ok(Self { db, ambient, ring, ring_file: None, index_key: Arc::new(index_key), opened, sealing })
    }

    /// Reads the ring again from this file when it was changed, so that it can be rotated while the program works.
    #[must_use]
    pub fn with_ring_file(mut self, file: &Path) -> Self {
        self.ring_file = Some(file.into());
        self
    }

    /// Whether the database holds keys, which some ring must have wrapped.
    pub async fn has_keys(db: &Db) -> Result<bool, AppError> {
        Ok(!store::count_by_ring(db).await?.is_empty())
    }

    /// The sealed form of `text`, readable only at `place`. Makes the owner's key in the caller's transaction if there is none.
    pub async fn seal(&self, tx: &mut Tx, place: Place, text: &str) -> Result<Vec<u8>, AppError> {
        let key = match store::current(tx, place.owner.uuid(), SEAL).await? {
            Some(row) => self.unwrapped(&row)?,
            None => self.make_key(tx, place.owner).await?,
        };
        Ok(self.envelope(&key, place, text))
    }

    fn envelope(&self, key: &DataKey, place: Place, text: &str) -> Vec<u8> {
        let nonce = self.ambient.secret::<24>();
        Envelope::seal(key, nonce, &place.bytes(), text.as_bytes()).to_bytes()
    }

    /// What was sealed at `place`.
    pub async fn open(&self, place: Place, sealed: &[u8]) -> Result<String, AppError> {
        let envelope = Envelope::parse(sealed)
            .ok_or("the value is no envelope")
            .or_internal("opening a sealed value")?;
        let key = self.key(envelope.key_id).await?;
        let bytes = envelope
            .open(&key, &place.bytes())
            .ok_or("the value was not sealed for this place")
            .or_internal("opening a sealed value")?;
        String::from_utf8(bytes).or_internal("opening a sealed value")
    }

    /// The sealed form of bytes that lie outside of the database for a while, readable only under the same name and for the same owner.
    /// Makes the owner's key if there is none.
    pub async fn seal_aside(&self, owner: Owner, name: &str, bytes: &[u8]) -> Result<Vec<u8>, AppError> {
        let key = self.sealing_key(owner).await?;
        let nonce = self.ambient.secret::<24>();
        Ok(Envelope::seal(&key, nonce, &aside(owner, name), bytes).to_bytes())
    }

    /// What was sealed aside under that name; `None` if it was not, or if its key is gone.
    pub async fn open_aside(
        &self,
        owner: Owner,
        name: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, AppError> {
        let Some(envelope) = Envelope::parse(sealed) else { return Ok(None) };
        let Some(key) = self.find_key(envelope.key_id).await? else { return Ok(None) };
        Ok(envelope.open(&key, &aside(owner, name)))
    }

    /// A keyed hash by which equal values of a field are found, as hexadecimal digits.
    pub fn index(&self, field: &str, normalised: &str) -> String {
        self.index_key.index(field, normalised)
    }

    /// A keyed hash of what was drawn at random, under a key that only this instance has.
    pub fn digest(&self, field: &str, message: &[u8]) -> [u8; 32] {
        self.index_key.digest(field, message)
    }

    /// The key behind both.
    pub(crate) fn index_key(&self) -> &IndexKey {
        &self.index_key
    }

    /// Removes the owner's keys: nothing that they sealed can be read again.
    pub async fn forget(&self, tx: &mut Tx, owner: Owner) -> Result<(), AppError> {
        self.sealing.invalidate(&owner.uuid()).await;
        loop {
            let gone = store::forget(tx, owner.uuid()).await?;
            if gone.is_empty() {
                return Ok(());
            }
            // While these were waited for, somebody may have made a successor of one.
            for id in gone {
                self.opened.invalidate(&id).await;
            }
        }
    }

    async fn key(&self, id: Uuid) -> Result<Arc<DataKey>, AppError> {
        let key = self.find_key(id).await?;
        key.ok_or("its key was removed").or_internal("opening a sealed value")
    }

    async fn find_key(&self, id: Uuid) -> Result<Option<Arc<DataKey>>, AppError> {
        if let Some(key) = self.opened.get(&id).await {
            return Ok(Some(key));
        }
        let Some(row) = store::find(&self.db, id).await? else { return Ok(None) };
        let key = Arc::new(self.unwrapped(&row)?);
        self.opened.insert(id, key.clone()).await;
        Ok(Some(key))
    }

    async fn make_key(&self, tx: &mut Tx, owner: Owner) -> Result<DataKey, AppError> {
        let key = DataKey::new(self.ambient.id(), &self.ambient);
        let row = KeyRow::wrap(&key, owner.uuid(), SEAL, &self.ring(), &self.ambient);
        store::insert_unless_there(tx, &row).await?;
        Ok(key)
    }

    async fn sealing_key(&self, owner: Owner) -> Result<Arc<DataKey>, AppError> {
        if let Some(key) = self.sealing.get(&owner.uuid()).await {
            return Ok(key);
        }
        let key = if let Some(row) = store::find_current(&self.db, owner.uuid(), SEAL).await? {
            self.unwrapped(&row)?
        } else {
            let mut tx = self.db.begin().await?;
            let key = self.make_key(&mut tx, owner).await?;
            tx.commit().await?;
            key
        };
        let key = Arc::new(key);
        self.sealing.insert(owner.uuid(), key.clone()).await;
        Ok(key)
    }

    /// Reads the ring again, if its file holds another one than this node knows.
    pub fn renew_ring(&self) -> Result<(), AppError> {
        let Some(file) = &self.ring_file else { return Ok(()) };
        let Some(read) = KeyRing::load(file).or_internal("reading the key ring again")? else {
            return Ok(());
        };
        if read.fingerprints() != self.ring().fingerprints() {
            tracing::info!(newest = read.newest(), "The key ring was changed and is read again");
            *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        }
        Ok(())
    }

    /// Wraps so many keys anew that an older version of the ring wraps, and tells how many it was. What they sealed stays as it is until a
    /// [`Renewal`] replaces the keys themselves.
    pub async fn rewrap(&self, most: u32) -> Result<u64, AppError> {
        let ring = self.ring();
        let mut tx = self.db.begin_everywhere().await?;
        let rows = store::list_older(&mut tx, ring.newest(), most).await?;
        let mut wrapped = 0;
        for row in rows {
            let key = self.unwrapped(&row)?;
            // A node that read the ring later may have been faster.
            wrapped += u64::from(
                store::replace(&mut tx, &row, &row.wrapped_anew(&key, &ring, &self.ambient)).await?,
            );
        }
        tx.commit().await?;
        Ok(wrapped)
    }

    /// How many keys each version of the ring wraps, also those that wrap none any more.
    pub async fn keys_by_version(&self) -> Result<Vec<(i64, i64)>, AppError> {
        let mut counts: BTreeMap<_, _> = self.versions().map(|version| (version, 0)).collect();
        counts.extend(store::count_by_ring(&self.db).await?);
        Ok(counts.into_iter().collect())
    }

    /// How many sealing keys each version of the ring made, first of those that are in use, then of those that are retired.
    pub async fn keys_by_making(&self) -> Result<Vec<(i64, i64, i64)>, AppError> {
        let mut counts: BTreeMap<_, _> = self.versions().map(|version| (version, (0, 0))).collect();
        let found = store::count_by_making(&self.db).await?;
        counts.extend(found.into_iter().map(|(version, in_use, retired)| (version, (in_use, retired))));
        Ok(counts.into_iter().map(|(version, (in_use, retired))| (version, in_use, retired)).collect())
    }

    fn versions(&self) -> impl Iterator<Item = i64> {
        self.ring().fingerprints().into_iter().map(|(version, _)| version)
    }

    fn ring(&self) -> Arc<KeyRing> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn unwrapped(&self, row: &KeyRow) -> Result<DataKey, AppError> {
        if !self.ring().has(row.ring_version) {
            self.renew_ring()?;
        }
        row.unwrap(&self.ring())
            .ok_or("the key ring does not open a data key")
            .or_internal("opening a data key")
    }
}

/// Opens every key that the transaction sees; refuses a ring that does not open one of them.
pub(crate) async fn check_keys(tx: &mut Tx, ring: &KeyRing) -> Result<(), VaultError> {
    let rows = store::list_all(tx).await.map_err(VaultError::Database)?;
    match rows.iter().find(|row| row.unwrap(ring).is_none()) {
        None => Ok(()),
        Some(closed) => Err(VaultError::WrongRing(1, closed.ring_version)),
    }
}

/// What bytes outside of the database are bound to. No table has that name.
fn aside(owner: Owner, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in ["aside", name] {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(owner.uuid().as_bytes());
    bytes
}

/// Seals a text under a key that only its holder has: `nonce ‖ ciphertext and tag`.
pub fn seal_under(key: &[u8; 32], ambient: &Ambient, bound_to: &[u8], text: &[u8]) -> Vec<u8> {
    let nonce = ambient.secret::<NONCE_BYTES>();
    let mut sealed = nonce.to_vec();
    sealed.extend(encrypt(key, nonce, bound_to, text));
    sealed
}

/// What [`seal_under`] sealed; `None` if key, place or bytes are others.
pub fn open_under(key: &[u8; 32], bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    decrypt(key, *nonce, bound_to, ciphertext)
}

/// HMAC-SHA-256.
pub fn keyed_hash(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC fills a short key up with zeros to the size of a block (RFC 2104, 2).
    let mut block = [0; 64];
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}
