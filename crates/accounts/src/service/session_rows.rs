//! Browser sessions in the database, as `tower-sessions` wants to store them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use db::{Db, is_unique_violation};
use kernel::Ambient;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, ExpiredDeletion, Result},
};

use crate::store::sessions::{self, SessionRow};

/// Session records in the `sessions` table; the id itself is never stored.
#[derive(Clone)]
pub struct SessionRows {
    db: Db,
    ambient: Ambient,
}

impl std::fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRows").finish_non_exhaustive()
    }
}

impl SessionRows {
    /// The sessions kept in `db`.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }
}

#[async_trait]
impl SessionStore for SessionRows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        match sessions::insert(&mut tx, &key(&record.id), &row(record)?).await {
            Ok(()) => tx.commit().await.map_err(backend),
            Err(error) if is_unique_violation(&error) => {
                drop(tx);
                record.id = Id::default();
                self.save(record).await
            }
            Err(error) => Err(backend(error)),
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        sessions::save(&mut tx, &key(&record.id), &row(record)?).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = sessions::load(&self.db, &key(id), self.ambient.now()).await.map_err(backend)?;
        found
            .map(|row| {
                Ok(Record {
                    id: *id,
                    data: serde_json::from_str(&row.data)
                        .map_err(|error| Error::Decode(error.to_string()))?,
                    expiry_date: to_time(row.expires_at)?,
                })
            })
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        sessions::delete(&mut tx, &key(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

#[async_trait]
impl ExpiredDeletion for SessionRows {
    async fn delete_expired(&self) -> Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        sessions::delete_expired(&mut tx, self.ambient.now()).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn row(record: &Record) -> Result<SessionRow> {
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let expires_at = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0)
        .ok_or_else(|| Error::Encode("the expiry lies beyond all calendars".to_owned()))?;
    Ok(SessionRow { data, expires_at })
}

fn to_time(moment: DateTime<Utc>) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(moment.timestamp()).map_err(|error| Error::Decode(error.to_string()))
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}
