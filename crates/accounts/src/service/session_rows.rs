//! Browser sessions in the database, as `tower-sessions` wants to store them.
//!
//! A browser holds 256 random bits. The database holds their hash, to find the session by, and what the session holds, sealed under a key
//! that is made of them: whoever reads the database can neither use a session nor see what is in it.
//!
//! A session ends when nothing was asked for a while, at the latest so long after its sign-in, and at once when its row is gone or
//! its person is deactivated. What was ended never comes back: saving changes only rows that are there.

use std::{
    any::Any,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, TimeDelta, Utc};
use db::Db;
use kernel::{Ambient, AppError, OrInternal, UserId};
use platform::{keyed_hash, open_under, requested_by, seal_under};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{self, Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use super::{AccountRules, Accounts};
use crate::{
    model::session_keys,
    store::sessions::{self, Alive, NewRow},
};

/// A request is noted so often, not every time.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What a browser shows to continue its session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret([u8; 32]);

impl SessionSecret {
    /// The secret that a cookie holds; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As a cookie holds it.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// By what `tower-sessions` tells sessions apart.
    pub fn id(&self) -> Id {
        id_of(&self.hash())
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    fn key(&self) -> [u8; 32] {
        keyed_hash(&self.0, b"what the session holds")
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// By what `tower-sessions` tells sessions apart that are stored under that hash.
pub(super) fn id_of(hash: &[u8]) -> Id {
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().zip(hash) {
        *place = *byte;
    }
    Id(i128::from_be_bytes(bytes))
}

/// Where one request keeps its session: the one of its secret, or the one it makes.
pub struct SessionRow {
    db: Db,
    ambient: Ambient,
    rules: AccountRules,
    held: Mutex<Option<SessionSecret>>,
}

impl std::fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRow").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Where a request that shows this secret keeps its session.
    pub fn session_row(&self, held: Option<SessionSecret>) -> SessionRow {
        SessionRow {
            db: self.db.clone(),
            ambient: self.ambient.clone(),
            rules: self.rules.clone(),
            held: Mutex::new(held),
        }
    }

    /// Whose session it is, as long as it has not ended. Asking does not keep it alive.
    pub async fn person_of_session(
        &self,
        secret: &SessionSecret,
    ) -> std::result::Result<Option<UserId>, AppError> {
        let alive = self.rules.alive(self.ambient.now());
        let found = sessions::load(&self.db, &secret.hash(), alive).await.or_internal("loading a session")?;
        Ok(found.and_then(|row| row.user_id).map(UserId::from))
    }

    /// By what somebody's session is found again at the end of a request that takes long: it may be renewed meanwhile.
    pub async fn handle_of_session(
        &self,
        secret: &SessionSecret,
        person: UserId,
    ) -> std::result::Result<Option<Uuid>, AppError> {
        sessions::handle(&self.db, &secret.hash(), person).await.or_internal("loading a session")
    }

    /// Whether that session was not ended. That nothing else was asked for meanwhile does not count.
    pub async fn session_goes_on(&self, person: UserId, handle: Uuid) -> std::result::Result<bool, AppError> {
        let started_after = self.rules.alive(self.ambient.now()).started_after;
        let found = sessions::goes_on(&self.db, (person, handle), started_after).await;
        found.or_internal("loading a session")
    }

    /// Ends sessions that were idle too long, and removes those that nothing is left of.
    pub async fn sweep_sessions(&self) -> std::result::Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        let alive = self.rules.alive(self.ambient.now());
        sessions::sweep(&mut tx, alive).await.or_internal("sweeping sessions")?;
        tx.commit().await
    }
}

impl AccountRules {
    /// What a session must be younger than at `now`.
    pub(super) fn alive(&self, now: DateTime<Utc>) -> Alive {
        Alive { now, started_after: now - self.session_life, seen_after: now - self.session_idle }
    }
}

impl SessionRow {
    /// What the browser has to show from now on.
    pub fn secret(&self) -> Option<SessionSecret> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, secret: Option<SessionSecret>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = secret;
    }

    /// The secret of the session with that id; a request knows no other.
    fn secret_of(&self, id: &Id) -> Option<SessionSecret> {
        self.secret().filter(|secret| secret.id() == *id)
    }

    fn row(&self, secret: &SessionSecret, record: &Record) -> Result<NewRow> {
        let mut data = record.data.clone();
        data.remove(session_keys::RENEWED);
        let data = serde_json::to_vec(&data).map_err(|error| Error::Encode(error.to_string()))?;
        let expires_at = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0)
            .ok_or_else(|| Error::Encode("the expiry lies beyond all calendars".to_owned()))?;
        let now = self.ambient.now();
        let started_at = held::<i64>(record, session_keys::STARTED).and_then(DateTime::from_timestamp_micros);
        Ok(NewRow {
            data: STANDARD.encode(seal_under(&secret.key(), &self.ambient, &secret.hash(), &data)),
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
impl SessionStore for SessionRow {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let secret = SessionSecret(self.ambient.secret());
        record.id = secret.id();
        let row = self.row(&secret, record)?;
        self.insert(&secret, &row).await.map_err(|error| backend(&error))?;
        self.hold(Some(secret));
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let Some(secret) = self.secret_of(&record.id) else { return Ok(()) };
        if held(record, session_keys::RENEWED) == Some(true) {
            return self.renew(&secret, record).await;
        }
        let row = self.row(&secret, record)?;
        if !self.update(&secret, &row).await.map_err(|error| backend(&error))? {
            // The browser has another one by now, or none.
            self.hold(None);
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(secret) = self.secret_of(id) else { return Ok(None) };
        let (hash, now) = (secret.hash(), self.ambient.now());
        let found = sessions::load(&self.db, &hash, self.rules.alive(now)).await;
        let Some(row) = found.or_internal("loading a session").map_err(|error| backend(&error))? else {
            return Ok(None);
        };
        if now - row.seen_at >= TOUCH_EVERY {
            self.touch(&hash, now).await;
        }
        let sealed = STANDARD.decode(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let data = open_under(&secret.key(), &hash, &sealed)
            .ok_or_else(|| Error::Decode("the seal of a session is broken".to_owned()))?;
        let data = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        if let Some(person) = row.user_id {
            requested_by(format!("person:{person}"));
        }
        Ok(Some(Record { id: *id, data, expiry_date: to_time(row.expires_at)? }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let Some(secret) = self.secret_of(id) else { return Ok(()) };
        self.remove(&secret).await.map_err(|error| backend(&error))
    }
}

impl SessionRow {
    /// Saves the session under another secret, in one statement: one that was ended meanwhile stays ended.
    async fn renew(&self, before: &SessionSecret, record: &Record) -> Result<()> {
        let secret = SessionSecret(self.ambient.secret());
        let row = self.row(&secret, record)?;
        let renewed = async {
            let mut tx = self.db.begin().await?;
            let found = sessions::renew(&mut tx, (&before.hash(), &secret.hash()), &row).await;
            let is_there = found.or_internal("renewing a session")?;
            tx.commit().await?;
            Ok::<_, AppError>(is_there)
        };
        let is_there = renewed.await.map_err(|error| backend(&error))?;
        self.hold(is_there.then_some(secret));
        Ok(())
    }

    async fn insert(&self, secret: &SessionSecret, row: &NewRow) -> std::result::Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        sessions::insert(&mut tx, &secret.hash(), row).await.or_internal("beginning a session")?;
        tx.commit().await
    }

    async fn update(&self, secret: &SessionSecret, row: &NewRow) -> std::result::Result<bool, AppError> {
        let mut tx = self.db.begin().await?;
        let found = sessions::update(&mut tx, &secret.hash(), row).await.or_internal("saving a session")?;
        tx.commit().await?;
        Ok(found)
    }

    /// Notes that the session is used. Who can be read can go on, also where nothing can be written: on a full disk.
    async fn touch(&self, hash: &[u8], now: DateTime<Utc>) {
        let touched = async {
            let mut tx = self.db.begin().await?;
            sessions::touch(&mut tx, hash, now).await.or_internal("noting the use of a session")?;
            tx.commit().await
        };
        // What went wrong is in the log.
        let _: std::result::Result<(), AppError> = touched.await;
    }

    async fn remove(&self, secret: &SessionSecret) -> std::result::Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        sessions::delete(&mut tx, &secret.hash()).await.or_internal("ending a session")?;
        tx.commit().await
    }
}

fn to_time(moment: DateTime<Utc>) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(moment.timestamp()).map_err(|error| Error::Decode(error.to_string()))
}

/// The error in the form in which it comes through `tower-sessions`, so that [`plainly`] finds it again.
fn backend(error: &AppError) -> Error {
    Error::Backend(serde_json::to_string(error).unwrap_or_else(|_| error.to_string()))
}

/// What kept a session from being read or written.
pub(super) fn plainly(cause: &dyn Any) -> Option<AppError> {
    let error = cause.downcast_ref::<session::Error>()?;
    let session::Error::Store(Error::Backend(text)) = error else { return None };
    serde_json::from_str(text).ok()
}
