//! Rounds: backups that the program makes by itself, one node for all.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, on_db, on_tx};
use kernel::{Ambient, AppError, OrInternal};

/// So long nobody else begins after the node at work was last heard of, and so long it waits after a failure.
const HELD_FOR: TimeDelta = TimeDelta::minutes(10);

const CLAIM: &str = "
    INSERT INTO backup_rounds (id, held_until) VALUES (1, $1)
    ON CONFLICT (id) DO UPDATE SET held_until = $1
    WHERE backup_rounds.held_until <= $2 AND (backup_rounds.made_at IS NULL OR backup_rounds.made_at <= $3)
    RETURNING id";
const HOLD: &str = "UPDATE backup_rounds SET held_until = $1 WHERE id = 1";
const FINISH: &str = "
    UPDATE backup_rounds SET held_until = $2, made_at = $1, verified_at = $2, size_bytes = $3 WHERE id = 1";
const LAST: &str = "
    SELECT made_at, verified_at, size_bytes FROM backup_rounds WHERE id = 1 AND verified_at IS NOT NULL";

/// The last round that ended well.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Round {
    /// When it began: what was written later is not in its backup.
    pub made_at: DateTime<Utc>,
    /// When its backup had been restored and checked.
    pub verified_at: DateTime<Utc>,
    /// The size of its backup.
    pub size_bytes: i64,
}

/// Whose turn it is.
#[derive(Clone)]
pub struct Rounds {
    db: Db,
    ambient: Ambient,
}

impl Rounds {
    /// The rounds of an instance.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// The moment the round begins, if one is due, which is so long after the last one began, and nobody else is at it.
    pub async fn begin(&self, every: TimeDelta) -> Result<Option<DateTime<Utc>>, AppError> {
        let now = self.ambient.now();
        let mut tx = self.db.begin().await?;
        let claimed: Option<i64> = on_tx!(&mut tx, |c| sqlx::query_scalar(CLAIM)
            .bind(now + HELD_FOR)
            .bind(now)
            .bind(now - every)
            .fetch_optional(c)
            .await)
        .or_internal("beginning a backup")?;
        tx.commit().await?;
        Ok(claimed.map(|_| now))
    }

    /// Says that this node is still at work; every few minutes.
    pub async fn hold(&self) -> Result<(), AppError> {
        let until = self.ambient.now() + HELD_FOR;
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(HOLD).bind(until).execute(c).await.map(|_| ()))
            .or_internal("going on with a backup")?;
        tx.commit().await
    }

    /// The round that began then ended well.
    pub async fn finish(&self, begun_at: DateTime<Utc>, size_bytes: u64) -> Result<(), AppError> {
        let now = self.ambient.now();
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(FINISH)
            .bind(begun_at)
            .bind(now)
            .bind(i64::try_from(size_bytes).unwrap_or(i64::MAX))
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("ending a backup")?;
        tx.commit().await
    }

    /// The last one that ended well.
    pub async fn last(&self) -> Result<Option<Round>, AppError> {
        on_db!(&self.db, |c| sqlx::query_as(LAST).fetch_optional(c).await)
            .or_internal("looking for the last backup")
    }
}
