//! New data keys after a rotation of the ring, and values sealed anew with them.
//!
//! Whoever had the ring and the database has the data keys, however they are wrapped later. So each owner gets a new one, which seals at
//! once whatever is written; older values are sealed anew, some at a time; and a key that seals nothing any more is retired. Everything
//! is found in the database again, so a renewal that was cut off goes on where it was, on any node, and two do no harm to each other.

use std::ops::ControlFlow;

use chrono::TimeDelta;
use db::Tx;
use kernel::AppError;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Owner, Place, SEAL, Vault,
    columns::{SealedColumn, Value},
    envelope::{DataKey, Envelope},
    store::{self, KeyRow},
};

/// So many keys or values in one transaction.
const AT_ONCE: u32 = 200;
/// An old key is retired only so long after the new one was made: no node keeps the old one in memory that long, and no transaction that
/// still found it lasts that long.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// Replaces the data keys of a vault, and seals its columns anew.
#[derive(Clone)]
pub struct Renewal {
    vault: Vault,
    columns: Vec<SealedColumn>,
    at_once: u32,
}

/// What a round of renewal did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// How many owners got a new key.
    pub made: u64,
    /// How many values were sealed anew.
    pub resealed: u64,
    /// How many keys seal nothing any more and never will again.
    pub retired: u64,
}

impl Renewal {
    /// Of every column in which values of that vault are.
    pub fn new(vault: Vault, columns: Vec<SealedColumn>) -> Self {
        Self { vault, columns, at_once: AT_ONCE }
    }

    /// With so many values in one transaction.
    #[must_use]
    pub fn at_once(mut self, most: u32) -> Self {
        self.at_once = most;
        self
    }

    /// Whether keys are in use that an older version of the ring made.
    pub async fn is_due(&self) -> Result<bool, AppError> {
        store::is_any_older(&self.vault.db, self.vault.ring().newest()).await
    }

    /// Does everything that can be done now; `told` hears after each transaction how far it is.
    pub async fn round(&self, mut told: impl FnMut(Renewed)) -> Result<Renewed, AppError> {
        let mut done = Renewed::default();
        let mut last = Uuid::nil();
        // The keys of the instance itself have the nil owner, so they come apart.
        done.made += u64::from(self.make_key_of(Owner::Instance.uuid()).await?);
        while let ControlFlow::Continue(made) = self.make_keys(&mut last).await? {
            done.made += made;
            told(done);
        }
        for column in &self.columns {
            let mut last = vec![0; 16];
            while let ControlFlow::Continue(resealed) = self.reseal(column, &mut last).await? {
                done.resealed += resealed;
                told(done);
            }
        }
        while let some @ 1.. = self.retire().await? {
            done.retired += some;
            told(done);
        }
        Ok(done)
    }

    async fn make_key_of(&self, owner: Uuid) -> Result<bool, AppError> {
        let mut tx = self.vault.db.begin_everywhere().await?;
        let is_made = self.make_successor(&mut tx, owner).await?;
        tx.commit().await?;
        Ok(is_made)
    }

    /// New keys for some owners after the last one; breaks off when there are no more.
    async fn make_keys(&self, last: &mut Uuid) -> Result<ControlFlow<(), u64>, AppError> {
        let newest = self.vault.ring().newest();
        let owners = store::owners_of_older(&self.vault.db, (newest, *last), self.at_once).await?;
        let Some(end) = owners.last() else { return Ok(ControlFlow::Break(())) };
        *last = *end;
        let (mut tx, mut made) = (self.vault.db.begin_everywhere().await?, 0);
        for owner in owners {
            made += u64::from(self.make_successor(&mut tx, owner).await?);
        }
        tx.commit().await?;
        Ok(ControlFlow::Continue(made))
    }

    /// A new key for the owner, unless there is one already or the owner is being removed.
    async fn make_successor(&self, tx: &mut Tx, owner: Uuid) -> Result<bool, AppError> {
        let (vault, ring) = (&self.vault, self.vault.ring());
        let Some(current) = store::current(tx, owner, SEAL).await? else { return Ok(false) };
        if current.made_version >= ring.newest() || !store::hold(tx, current.id).await? {
            return Ok(false);
        }
        let key = DataKey::new(successor_of(current.id, ring.newest()), &vault.ambient);
        let mut row = KeyRow::wrap(&key, owner, SEAL, &ring, &vault.ambient);
        // Whatever the clock of another node said, the newer key is the one that seals.
        row.created_at = row.created_at.max(current.created_at + TimeDelta::microseconds(1));
        store::insert_unless_there(tx, &row).await
    }

    /// Seals some values of the column anew, after the last one; breaks off when there are no more.
    async fn reseal(
        &self,
        column: &SealedColumn,
        last: &mut Vec<u8>,
    ) -> Result<ControlFlow<(), u64>, AppError> {
        let newest = self.vault.ring().newest();
        let values = column.list_older(&self.vault.db, (newest, last), self.at_once).await?;
        let Some(end) = values.last() else { return Ok(ControlFlow::Break(())) };
        last.clone_from(&end.key);
        let (mut tx, mut resealed) = (self.vault.db.begin_everywhere().await?, 0);
        for value in values {
            let place = column.place(&value);
            let Some(current) = store::current(&mut tx, place.owner.uuid(), SEAL).await? else { continue };
            match self.sealed_anew(&current, place, &value).await {
                Ok(Some(sealed)) => {
                    resealed += u64::from(column.replace(&mut tx, &value, &sealed).await?);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, table = column.table, row = %place.row, "A value cannot be sealed anew");
                }
            }
        }
        tx.commit().await?;
        Ok(ControlFlow::Continue(resealed))
    }

    /// The value under the key that its owner seals with now; `None` if it is already.
    async fn sealed_anew(
        &self,
        current: &KeyRow,
        place: Place,
        value: &Value,
    ) -> Result<Option<Vec<u8>>, AppError> {
        if Envelope::parse(&value.sealed).is_some_and(|envelope| envelope.key_id == current.id) {
            return Ok(None);
        }
        let text = self.vault.open(place, &value.sealed).await?;
        let key = self.vault.unwrapped(current)?;
        Ok(Some(self.vault.envelope(&key, place, &text)))
    }

    async fn retire(&self) -> Result<u64, AppError> {
        let (vault, now) = (&self.vault, self.vault.ambient.now());
        let newest = vault.ring().newest();
        let done = store::list_done(&vault.db, &self.columns, (newest, now - GRACE), self.at_once).await?;
        if done.is_empty() {
            return Ok(0);
        }
        let (mut tx, mut retired) = (vault.db.begin_everywhere().await?, 0);
        for key in done {
            retired += u64::from(store::retire(&mut tx, key, now).await?);
        }
        tx.commit().await?;
        Ok(retired)
    }
}

/// What the key after that one is called, so that of two nodes that renew at once only one makes it.
fn successor_of(key: Uuid, version: i64) -> Uuid {
    let digest = Sha256::new()
        .chain_update(b"quartile successor of a data key")
        .chain_update(key.as_bytes())
        .chain_update(version.to_be_bytes())
        .finalize();
    let mut name = [0; 16];
    for (place, byte) in name.iter_mut().zip(digest) {
        *place = byte;
    }
    uuid::Builder::from_custom_bytes(name).into_uuid()
}
