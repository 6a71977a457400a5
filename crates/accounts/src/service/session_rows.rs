//! Browser sessions in the database, as `tower-sessions` wants to store them.
//!
//! A session ends when nothing was asked for a while, at the latest so long after its sign-in, and at once when its row is gone or
//! its person is deactivated. What was ended never comes back: saving changes only rows that are there.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, is_unique_violation};
use kernel::Ambient;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, ExpiredDeletion, Result},
};

use super::{AccountRules, Accounts};
use crate::{
    model::session_keys,
    store::sessions::{self, Alive, NewRow},
};

/// A request is noted so often, not every time.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Session records in the `sessions` table; the id itself is never stored.
#[derive(Clone)]
pub struct SessionRows {
    db: Db,
    ambient: Ambient,
    rules: AccountRules,
}

impl std::fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRows").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Where sessions are kept.
    pub fn session_rows(&self) -> SessionRows {
        SessionRows { db: self.db.clone(), ambient: self.ambient.clone(), rules: self.rules.clone() }
    }
}

impl AccountRules {
    /// What a session must be younger than at `now`.
    pub(super) fn alive(&self, now: DateTime<Utc>) -> Alive {
        Alive { now, started_after: now - self.session_life, seen_after: now - self.session_idle }
    }
}

impl SessionRows {
    fn row(&self, record: &Record) -> Result<NewRow> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let expires_at = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0)
            .ok_or_else(|| Error::Encode("the expiry lies beyond all calendars".to_owned()))?;
        let now = self.ambient.now();
        let started_at = held::<i64>(record, session_keys::STARTED).and_then(DateTime::from_timestamp_micros);
        Ok(NewRow {
            data,
            expires_at,
            user_id: held(record, session_keys::USER),
            handle: self.ambient.id(),
            device: held(record, session_keys::DEVICE),
            started_at: started_at.unwrap_or(now),
            seen_at: now,
        })
    }
}

/// What the session holds under a key, if it can be read.
fn held<T: DeserializeOwned>(record: &Record, key: &str) -> Option<T> {
    record.data.get(key).cloned().and_then(|value| serde_json::from_value(value).ok())
}

#[async_trait]
impl SessionStore for SessionRows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let mut tx = self.db.begin().await.map_err(backend)?;
            match sessions::insert(&mut tx, &key(&record.id), &self.row(record)?).await {
                Ok(()) => return tx.commit().await.map_err(backend),
                Err(error) if is_unique_violation(&error) => record.id = Id::default(),
                Err(error) => return Err(backend(error)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        sessions::update(&mut tx, &key(&record.id), &self.row(record)?).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (key, now) = (key(id), self.ambient.now());
        let found = sessions::load(&self.db, &key, self.rules.alive(now)).await.map_err(backend)?;
        let Some(row) = found else { return Ok(None) };
        if now - row.seen_at >= TOUCH_EVERY {
            let mut tx = self.db.begin().await.map_err(backend)?;
            sessions::touch(&mut tx, &key, now).await.map_err(backend)?;
            tx.commit().await.map_err(backend)?;
        }
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: to_time(row.expires_at)? }))
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
        let alive = self.rules.alive(self.ambient.now());
        sessions::delete_expired(&mut tx, alive).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// What a session is found by.
pub(super) fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn to_time(moment: DateTime<Utc>) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(moment.timestamp()).map_err(|error| Error::Decode(error.to_string()))
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}
