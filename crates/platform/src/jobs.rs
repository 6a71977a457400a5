//! Background jobs: enqueued in the caller's transaction, run at least once, taken over when a process dies.

mod working;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{
    Actor, Administrator, Ambient, AppError, JobId, OrInternal, UserId, WorkspaceId, WorkspaceScope,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::audit;

/// How often whoever works on a job says so.
const SAY_EVERY: Duration = Duration::from_secs(15);
/// How long what was done is listed.
const DONE_IS_KEPT: TimeDelta = TimeDelta::days(30);
/// After so many attempts a job is given up; attempts count when claimed, so a job that kills the process ends too.
const MOST_ATTEMPTS: i64 = 5;

const INSERT: &str = "
    INSERT INTO jobs (id, workspace_id, lane, kind, payload, requested_by, state, attempts, run_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'ready', 0, $7, $7)";
// Once it goes on at once; after that it may be what kills its process, and a process that is killed again and again is no fault of its.
const RELEASE: &str = "
    UPDATE jobs SET state = 'ready', lease_until = NULL, run_at = CASE WHEN attempts > 1 THEN $2 ELSE run_at END
    WHERE state = 'running' AND attempts < $1";
/// How long what was interrupted more than once waits for its next attempt.
const PAUSE_AFTER_DEATHS: TimeDelta = TimeDelta::seconds(10);

const LIST_AFTER: &str = "
    SELECT id, kind, state, attempts, created_at, finished_at, last_error
    FROM jobs
    WHERE workspace_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
    ORDER BY created_at DESC, id DESC
    LIMIT $4";
const BACKLOG: &str = "
    SELECT CAST(COUNT(CASE WHEN state = 'ready' THEN 1 END) AS BIGINT) AS waiting,
           CAST(COUNT(CASE WHEN state = 'running' THEN 1 END) AS BIGINT) AS running,
           CAST(COUNT(CASE WHEN state = 'failed' THEN 1 END) AS BIGINT) AS failed,
           MIN(CASE WHEN state = 'ready' AND run_at <= $1 THEN run_at END) AS due_since
    FROM jobs
    WHERE state IN ('ready', 'running', 'failed')";
const DELETE_DONE: &str = "
    DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' AND finished_at < $1 LIMIT $2)";
/// So many at once, so that others come to write in between.
const FORGOTTEN_AT_ONCE: u32 = 1000;

const LIST_OPEN: &str = "
    SELECT id, workspace_id, kind, state, attempts, created_at, run_at, last_error
    FROM jobs
    WHERE state IN ('failed', 'running') OR (state = 'ready' AND (attempts > 0 OR run_at <= $1))
    ORDER BY CASE WHEN state = 'failed' THEN 0 ELSE 1 END, created_at DESC, id DESC
    LIMIT $2";
const RETRY: &str = "
    UPDATE jobs SET state = 'ready', attempts = 0, run_at = $2, finished_at = NULL
    WHERE id = $1 AND state = 'failed'";

/// One job that is not done, for whoever runs the instance: nothing of what it works on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenJob {
    /// The job.
    pub id: Uuid,
    /// The workspace that it works for; none if it is the program's own.
    pub workspace_id: Option<Uuid>,
    /// What is done.
    pub kind: String,
    /// ready, running or failed.
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it may begin.
    pub run_at: DateTime<Utc>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// One job, for people.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobView {
    /// The job.
    pub id: Uuid,
    /// What is done.
    pub kind: String,
    /// ready, running, done or failed.
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// How much work there is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Backlog {
    /// Jobs that nobody has begun yet.
    pub waiting: i64,
    /// Jobs that somebody works on.
    pub running: i64,
    /// Jobs that were given up.
    pub failed: i64,
    /// Since when the oldest job could have been begun.
    pub due_since: Option<DateTime<Utc>>,
}

/// Jobs of one lane wait for each other, never for those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Done in moments: messages.
    Quick,
    /// Takes memory and time: reading files.
    Heavy,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Quick, Self::Heavy];

    fn key(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Heavy => "heavy",
        }
    }
}

/// A claimed piece of work.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    id: Uuid,
    workspace_id: Option<Uuid>,
    requested_by: Option<Uuid>,
    /// Which handler it is for.
    pub kind: String,
    /// JSON that the handler understands.
    pub payload: String,
    /// Attempts so far, this one included.
    pub attempts: i64,
}

impl Job {
    /// The job's id.
    pub fn id(&self) -> JobId {
        self.id.into()
    }

    /// The workspace it works for; a job of the program itself has none.
    pub fn workspace_id(&self) -> Result<WorkspaceId, AppError> {
        self.workspace_id.map(WorkspaceId::from).ok_or_else(|| AppError::not_found("workspace of this job"))
    }

    /// Who asked for it, who may have lost the right to it since; nobody if it is the program's own work, or a key asked.
    pub fn requested_by(&self) -> Option<UserId> {
        self.requested_by.map(UserId::from)
    }

    /// Whether no further attempt follows this one.
    pub fn is_last_attempt(&self) -> bool {
        self.attempts >= MOST_ATTEMPTS
    }
}

/// Carries out one kind of job. Runs at least once, so it must be harmless to run twice.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind of job it is for.
    fn kind(&self) -> &'static str;
    /// Does the work.
    async fn run(&self, job: &Job) -> Result<(), AppError>;
    /// Whether no other attempt can help after that error.
    fn is_final(&self, _error: &AppError) -> bool {
        false
    }
    /// How long to wait if the error says nothing about this job, because what every job of this kind needs is away. Such an attempt does
    /// not count.
    fn postpones(&self, _error: &AppError) -> Option<TimeDelta> {
        None
    }
    /// How long to wait after that many attempts.
    fn pause_after(&self, attempts: i64) -> TimeDelta {
        TimeDelta::seconds(2_i64.pow(u32::try_from(attempts.clamp(0, 8)).unwrap_or(8)))
    }
}

/// The queue.
#[derive(Clone)]
pub struct Jobs {
    db: Db,
    ambient: Ambient,
    machine: Ambient,
    arrived: Arc<[Notify; 2]>,
    say_every: Duration,
}

impl Jobs {
    /// The queue kept in `db`.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        let arrived = Arc::new([Notify::new(), Notify::new()]);
        Self { db, ambient, machine: Ambient::system(), arrived, say_every: SAY_EVERY }
    }

    /// Takes this for the clock of the machine, which may be wrong.
    pub fn on_machine(self, machine: Ambient) -> Self {
        Self { machine, ..self }
    }

    /// Has whoever works on a job say so as often as that.
    pub fn saying_every(self, pause: Duration) -> Self {
        Self { say_every: pause, ..self }
    }

    /// Adds long work of the program itself for a workspace, which becomes visible when the caller's transaction commits; call
    /// [`Jobs::wake`] afterwards.
    pub async fn enqueue(
        &self,
        tx: &mut Tx,
        scope: WorkspaceScope,
        kind: &str,
        payload: String,
    ) -> Result<JobId, AppError> {
        self.insert(tx, (Some(scope.workspace_id()), None, Lane::Heavy), kind, payload).await
    }

    /// Adds long work that the actor asks for, as [`Jobs::enqueue`] does. The handler finds out whether they may still have it done.
    pub async fn enqueue_for(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        kind: &str,
        payload: String,
    ) -> Result<JobId, AppError> {
        let whose = (Some(scope.workspace_id()), actor.user_id(), Lane::Heavy);
        self.insert(tx, whose, kind, payload).await
    }

    /// Adds quick work of the program itself, as [`Jobs::enqueue`] does.
    pub async fn enqueue_quick(&self, tx: &mut Tx, kind: &str, payload: String) -> Result<JobId, AppError> {
        self.insert(tx, (None, None, Lane::Quick), kind, payload).await
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        (workspace, requested_by, lane): (Option<WorkspaceId>, Option<UserId>, Lane),
        kind: &str,
        payload: String,
    ) -> Result<JobId, AppError> {
        let id: JobId = self.ambient.id();
        on_tx!(tx, |c| sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(workspace.map(WorkspaceId::uuid))
            .bind(lane.key())
            .bind(kind)
            .bind(&payload)
            .bind(requested_by.map(UserId::uuid))
            .bind(self.ambient.now())
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("enqueueing a job")?;
        Ok(id)
    }

    /// At most so many jobs of a workspace that stand after that one in the list, newest first; from the beginning without one.
    pub async fn list_after(
        &self,
        scope: WorkspaceScope,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<JobView>, AppError> {
        // Nothing was asked for later than in a minute.
        let (at, id) = after.unwrap_or_else(|| (self.ambient.now() + TimeDelta::minutes(1), Uuid::max()));
        on_scope!(&self.db, scope, |c| sqlx::query_as(LIST_AFTER)
            .bind(scope.workspace_id().uuid())
            .bind(at)
            .bind(id)
            .bind(i64::from(most))
            .fetch_all(c)
            .await)
        .or_internal("listing jobs")
    }

    /// How much work there is, whatever workspace it is for.
    pub async fn backlog(&self) -> Result<Backlog, AppError> {
        on_everywhere!(&self.db, |c| sqlx::query_as(BACKLOG).bind(self.ambient.now()).fetch_one(c).await)
            .or_internal("counting jobs")
    }

    /// At most so many jobs that were given up, are at work, or wait though they could have begun; those given up first.
    pub async fn list_open(&self, _by: Administrator, most: u32) -> Result<Vec<OpenJob>, AppError> {
        on_everywhere!(&self.db, |c| sqlx::query_as(LIST_OPEN)
            .bind(self.ambient.now())
            .bind(i64::from(most))
            .fetch_all(c)
            .await)
        .or_internal("listing jobs")
    }

    /// Gives a job that was given up all of its attempts again.
    pub async fn retry(&self, by: Administrator, id: JobId) -> Result<(), AppError> {
        const DOING: &str = "trying a job again";
        let now = self.ambient.now();
        let mut tx = self.db.begin_everywhere().await?;
        let retried = on_tx!(&mut tx, |c| sqlx::query(RETRY)
            .bind(id.uuid())
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected() > 0))
        .or_internal(DOING)?;
        if !retried {
            return Err(AppError::conflict(
                "This job was not given up, or somebody has it tried again already",
            ));
        }
        let entry = audit::Entry { action: "job.retried", subject: id.to_string(), detail: String::new() };
        audit::record_on_instance(&mut tx, &self.ambient, by.name(), entry).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Forgets what was done a month ago. What was given up stays until it is tried again.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let before = self.ambient.now() - DONE_IS_KEPT;
        let mut forgotten = u64::from(FORGOTTEN_AT_ONCE);
        while forgotten == u64::from(FORGOTTEN_AT_ONCE) {
            let mut tx = self.db.begin_everywhere().await?;
            forgotten = on_tx!(&mut tx, |c| sqlx::query(DELETE_DONE)
                .bind(before)
                .bind(i64::from(FORGOTTEN_AT_ONCE))
                .execute(c)
                .await
                .map(|done| done.rows_affected()))
            .or_internal("forgetting old jobs")?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Tells idle workers to look now.
    pub fn wake(&self) {
        self.arrived.iter().for_each(Notify::notify_one);
    }

    /// Waits until woken; one worker of each lane is.
    pub async fn arrival(&self, lane: Lane) {
        let [quick, heavy] = &*self.arrived;
        match lane {
            Lane::Quick => quick.notified().await,
            Lane::Heavy => heavy.notified().await,
        }
    }

    /// Gives jobs of a process that died back to the queue; those that it was not the first to die with wait a moment, so that a process
    /// that is killed in quick succession does not use up their attempts. Only for a program that is the only one on its database.
    pub async fn release_abandoned(&self) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        let later = self.ambient.now() + PAUSE_AFTER_DEATHS;
        on_tx!(&mut tx, |c| sqlx::query(RELEASE)
            .bind(MOST_ATTEMPTS)
            .bind(later)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("releasing abandoned jobs")?;
        tx.commit().await
    }
}
