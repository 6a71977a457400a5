//! Requests that may come twice are carried out once.
//!
//! A program that did not hear the answer sends its request again under the same key. That the deed was done is written in the
//! transaction of the deed itself, so it is known even if the process died before it could answer.

use std::sync::Arc;

use chrono::TimeDelta;
use db::{Db, Tx, is_unique_violation, on_db, on_tx};
use kernel::{Ambient, AppError, OrInternal};
use serde::{Deserialize, Serialize};

use crate::{Vault, keyed_hash, open_under, seal_under};

/// How long a key is remembered.
const LASTS: TimeDelta = TimeDelta::hours(24);
/// How long a request may take before another one under its key takes over.
const WORKS_FOR: TimeDelta = TimeDelta::minutes(1);

const INSERT: &str =
    "INSERT INTO idempotency_keys (key_hash, fingerprint, state, created_at) VALUES ($1, $2, 'open', $3)";
const FIND: &str = "
    SELECT fingerprint, state, subject, status, answer_sealed, created_at
    FROM idempotency_keys
    WHERE key_hash = $1";
const TAKE_OVER: &str = "
    UPDATE idempotency_keys SET created_at = $2
    WHERE key_hash = $1 AND state = 'open' AND created_at = $3";
// The first deed of a request is the one that it is about.
const MARK: &str = "
    UPDATE idempotency_keys SET state = 'done', subject = $2 WHERE key_hash = $1 AND state = 'open'";
const ANSWER: &str = "
    UPDATE idempotency_keys SET state = 'answered', status = $2, answer_sealed = $3 WHERE key_hash = $1";
const FORGET: &str = "DELETE FROM idempotency_keys WHERE key_hash = $1 AND state = 'open'";
const RELEASE: &str =
    "UPDATE idempotency_keys SET created_at = $1 WHERE state <> 'answered' AND created_at > $1";
const SWEEP: &str = "DELETE FROM idempotency_keys WHERE created_at < $1";

tokio::task_local! {
    static CLAIM: Arc<Claim>;
}

/// The right to carry a request out.
#[derive(Debug)]
pub struct Claim {
    key_hash: [u8; 32],
    key: [u8; 32],
}

/// An answer that is kept for a second request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Its status.
    #[serde(skip)]
    pub status: u16,
    /// Its headers that matter, by name.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// What to do with a request.
#[derive(Debug)]
pub enum Outcome {
    /// Carry it out.
    New(Arc<Claim>),
    /// It was carried out; this was the answer.
    Answered(KeptAnswer),
    /// It was carried out, and nobody knows the answer. This was made or changed by it.
    Done(String),
    /// It is being carried out.
    Busy,
    /// The key was used for another request.
    Other,
}

/// Remembers which requests were carried out. Cheap to clone.
#[derive(Clone)]
pub struct Idempotency {
    db: Db,
    ambient: Ambient,
    vault: Vault,
}

#[derive(sqlx::FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    state: String,
    subject: Option<String>,
    status: Option<i64>,
    answer_sealed: Option<Vec<u8>>,
    created_at: chrono::DateTime<chrono::Utc>,
}

impl Idempotency {
    /// Remembers in `db`. Answers hold secrets, and keys may be guessed, so the vault has a part in what they are sealed with.
    pub fn new(db: Db, ambient: Ambient, vault: Vault) -> Self {
        Self { db, ambient, vault }
    }

    /// Claims the request of somebody under a key; `fingerprint` is what tells it from other requests.
    pub async fn claim(&self, who: &str, key: &str, fingerprint: [u8; 32]) -> Result<Outcome, AppError> {
        const DOING: &str = "claiming a request";
        let named = self.vault.digest("idempotency", format!("{who}\0{key}").as_bytes());
        let claim =
            Claim { key_hash: keyed_hash(&named, b"name"), key: keyed_hash(&named, b"what was answered") };
        let now = self.ambient.now();
        let mut tx = self.db.begin().await?;
        let inserted = on_tx!(&mut tx, |c| sqlx::query(INSERT)
            .bind(claim.key_hash.as_slice())
            .bind(fingerprint.as_slice())
            .bind(now)
            .execute(c)
            .await
            .map(|_| ()));
        match inserted {
            Ok(()) => {
                tx.commit().await?;
                return Ok(Outcome::New(Arc::new(claim)));
            }
            Err(error) if is_unique_violation(&error) => drop(tx),
            Err(error) => return Err(error).or_internal(DOING),
        }
        let row: Option<Row> = on_db!(&self.db, |c| sqlx::query_as(FIND)
            .bind(claim.key_hash.as_slice())
            .fetch_optional(c)
            .await)
        .or_internal(DOING)?;
        // It was given up just now.
        let Some(row) = row else { return Ok(Outcome::Busy) };
        self.second(claim, row, fingerprint).await
    }

    /// What becomes of a request whose key is known.
    async fn second(&self, claim: Claim, row: Row, fingerprint: [u8; 32]) -> Result<Outcome, AppError> {
        let now = self.ambient.now();
        let is_fresh = now - row.created_at < WORKS_FOR;
        Ok(match row.state.as_str() {
            _ if row.fingerprint != fingerprint => Outcome::Other,
            "answered" => match answer(&claim, &row) {
                Some(answer) => Outcome::Answered(answer),
                None => Outcome::Done(row.subject.unwrap_or_default()),
            },
            _ if is_fresh => Outcome::Busy,
            "done" => Outcome::Done(row.subject.unwrap_or_default()),
            // Whoever worked on it is gone, and did nothing: that would be marked.
            _ => {
                let mut tx = self.db.begin().await?;
                let taken = on_tx!(&mut tx, |c| sqlx::query(TAKE_OVER)
                    .bind(claim.key_hash.as_slice())
                    .bind(now)
                    .bind(row.created_at)
                    .execute(c)
                    .await
                    .map(|done| done.rows_affected()))
                .or_internal("taking a request over")?;
                tx.commit().await?;
                if taken == 1 { Outcome::New(Arc::new(claim)) } else { Outcome::Busy }
            }
        })
    }

    /// Keeps the answer for requests that come again.
    pub async fn keep(&self, claim: &Claim, answer: &KeptAnswer) -> Result<(), AppError> {
        const DOING: &str = "keeping an answer";
        let text = serde_json::to_vec(answer).or_internal(DOING)?;
        let sealed = seal_under(&claim.key, &self.ambient, &claim.key_hash, &text);
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(ANSWER)
            .bind(claim.key_hash.as_slice())
            .bind(i64::from(answer.status))
            .bind(&sealed)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal(DOING)?;
        tx.commit().await
    }

    /// Gives a request up that did nothing, so that it can be sent again.
    pub async fn give_up(&self, claim: &Claim) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(FORGET).bind(claim.key_hash.as_slice()).execute(c).await.map(|_| ()))
            .or_internal("giving a request up")?;
        tx.commit().await
    }

    /// Waits no longer for requests of a process that died. Only for a program that is the only one on its database.
    pub async fn release_abandoned(&self) -> Result<(), AppError> {
        let long_ago = self.ambient.now() - WORKS_FOR;
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(RELEASE).bind(long_ago).execute(c).await.map(|_| ()))
            .or_internal("releasing abandoned requests")?;
        tx.commit().await
    }

    /// Forgets keys that are older than a day.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let oldest = self.ambient.now() - LASTS;
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(SWEEP).bind(oldest).execute(c).await.map(|_| ()))
            .or_internal("forgetting old requests")?;
        tx.commit().await
    }
}

fn answer(claim: &Claim, row: &Row) -> Option<KeptAnswer> {
    let text = open_under(&claim.key, &claim.key_hash, row.answer_sealed.as_ref()?)?;
    let answer: KeptAnswer = serde_json::from_slice(&text).ok()?;
    Some(KeptAnswer { status: u16::try_from(row.status?).ok()?, ..answer })
}

/// Carries out the work of a claimed request.
pub async fn with_claim<T>(claim: Arc<Claim>, work: impl Future<Output = T>) -> T {
    CLAIM.scope(claim, work).await
}

/// Writes down in the transaction of a deed that the request behind it is done.
pub(crate) async fn mark(tx: &mut Tx, subject: &str) -> Result<(), sqlx::Error> {
    let Ok(claim) = CLAIM.try_with(Arc::clone) else { return Ok(()) };
    on_tx!(tx, |c| sqlx::query(MARK)
        .bind(claim.key_hash.as_slice())
        .bind(subject)
        .execute(c)
        .await
        .map(|_| ()))
}
