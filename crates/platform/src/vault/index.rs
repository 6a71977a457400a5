//! The index key of the instance: by it values are found, secrets are hashed, and ends of audit chains are signed. It is not replaced when
//! the ring is rotated: what it hashed cannot be read back to be hashed anew.

use db::Tx;
use hkdf::Hkdf;
use kernel::{Ambient, AppError};
use sha2::Sha256;
use uuid::Uuid;

use super::{
    Owner, VaultError,
    envelope::DataKey,
    keyed_hash,
    ring::KeyRing,
    store::{self, KeyRow},
};

const PURPOSE: &str = "index";
/// A fixed id, so that of two nodes that start at once only one makes it.
const ID: Uuid = Uuid::from_u128(1);

/// The index key, opened.
pub(crate) struct IndexKey(DataKey);

impl IndexKey {
    /// Makes the key of an instance that has none.
    pub(super) async fn make_unless_there(
        tx: &mut Tx,
        ring: &KeyRing,
        ambient: &Ambient,
    ) -> Result<(), AppError> {
        let row = KeyRow::wrap(&DataKey::new(ID, ambient), Owner::Instance.uuid(), PURPOSE, ring, ambient);
        store::insert_unless_there(tx, &row).await.map(|_| ())
    }

    /// The key as the transaction sees it; `None` if there is none yet.
    pub(crate) async fn find_in(tx: &mut Tx, ring: &KeyRing) -> Result<Option<Self>, VaultError> {
        let Some(row) = store::find_in(tx, ID).await.map_err(VaultError::Database)? else { return Ok(None) };
        Self::of(&row, ring).map(Some).ok_or(VaultError::WrongRing(1, row.ring_version))
    }

    /// Whether that row holds it.
    pub(crate) fn is_in(row: &KeyRow) -> bool {
        row.id == ID
    }

    /// The key in that row; `None` if the ring does not open it.
    pub(crate) fn of(row: &KeyRow, ring: &KeyRing) -> Option<Self> {
        row.unwrap(ring).map(Self)
    }

    /// A keyed hash by which equal values of a field are found, as hexadecimal digits.
    pub(crate) fn index(&self, field: &str, normalised: &str) -> String {
        let digest = self.digest(field, normalised.as_bytes());
        kernel::hex(digest.get(..16).unwrap_or(&digest))
    }

    /// A keyed hash under a key of the field's own.
    pub(super) fn digest(&self, field: &str, message: &[u8]) -> [u8; 32] {
        let mut key = [0; 32];
        let expanded = Hkdf::<Sha256>::new(None, self.0.bytes()).expand(field.as_bytes(), &mut key);
        debug_assert!(expanded.is_ok(), "32 bytes are never too long for SHA-256");
        keyed_hash(&key, message)
    }
}
