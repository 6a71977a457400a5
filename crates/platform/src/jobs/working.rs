//! Working on jobs: claiming one, saying again and again that somebody works on it, and writing down how it went.

use std::{panic::AssertUnwindSafe, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use db::{Tx, on_tx};
use futures::{FutureExt, future::pending};
use kernel::{AppError, OrInternal};

use super::{Job, JobHandler, Jobs, Lane, MOST_ATTEMPTS};

/// How long nothing may be heard of a claimed job before another worker takes it over, by the clock of the database.
const LEASE: TimeDelta = TimeDelta::minutes(1);

// The outer condition is checked again on the row as it is when its lock is had, so two nodes never claim one job.
const CLAIM: &str = "
    UPDATE jobs
    SET state = 'running', attempts = attempts + 1, lease_until = $2
    WHERE id = (
        SELECT id FROM jobs
        WHERE attempts < $3 AND ($4 IS NULL OR lane = $4)
          AND ((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $5))
        ORDER BY run_at
        LIMIT 1)
      AND (state = 'ready' OR lease_until < $5)
    RETURNING id, workspace_id, requested_by, kind, payload, attempts";
const FINISH: &str = "
    UPDATE jobs
    SET state = $2, run_at = $3, last_error = $4, finished_at = $5, lease_until = NULL
    WHERE id = $1 AND attempts = $6 AND state = 'running'";
const RENEW: &str = "UPDATE jobs SET lease_until = $2 WHERE id = $1 AND attempts = $3 AND state = 'running'";
// What could not be tried: the attempt that was counted when it was claimed is taken back.
const POSTPONE: &str = "
    UPDATE jobs
    SET state = 'ready', run_at = $2, last_error = $3, attempts = attempts - 1, lease_until = NULL
    WHERE id = $1 AND attempts = $4 AND state = 'running'";
// What killed its process at every attempt, so that nobody was left to say so.
const GIVE_UP: &str = "
    UPDATE jobs
    SET state = 'failed', finished_at = $1, lease_until = NULL, last_error = 'Every attempt ended with its process'
    WHERE state = 'running' AND lease_until < $1 AND attempts >= $2";

impl Jobs {
    /// Claims the next due job of any lane and carries it out with the handler of its kind. `false` if none was due.
    pub async fn run_next(&self, handlers: &[Arc<dyn JobHandler>]) -> Result<bool, AppError> {
        self.run(None, handlers, pending()).await
    }

    /// The same for the jobs of one lane. A job that is not done when `cut` ends is given back, for whoever looks next.
    pub async fn run_next_in(
        &self,
        lane: Lane,
        handlers: &[Arc<dyn JobHandler>],
        cut: impl Future<Output = ()>,
    ) -> Result<bool, AppError> {
        self.run(Some(lane), handlers, cut).await
    }

    async fn run(
        &self,
        lane: Option<Lane>,
        handlers: &[Arc<dyn JobHandler>],
        cut: impl Future<Output = ()>,
    ) -> Result<bool, AppError> {
        let Some(job) = self.claim(lane).await? else { return Ok(false) };
        let handler = handlers.iter().find(|handler| handler.kind() == job.kind);
        let outcome = match handler {
            Some(handler) => {
                // Nothing that it left half done outlives it: what lasts is in the database, and changes there in transactions.
                let work = AssertUnwindSafe(handler.run(&job)).catch_unwind();
                tokio::select! {
                    ended = work => {
                        ended.unwrap_or_else(|_| Err(AppError::Internal { reference: job.id.to_string() }))
                    }
                    () = self.hold(&job) => {
                        tracing::warn!(job = %job.id, kind = %job.kind, "This job is not ours any more");
                        count(&job, "lost");
                        return Ok(true);
                    }
                    () = cut => {
                        let message = "The program ended before this was done".to_owned();
                        self.postpone(&job, &AppError::Unavailable { message }, TimeDelta::zero()).await?;
                        return Ok(true);
                    }
                }
            }
            None => Err(AppError::not_found("handler for this kind of job")),
        };
        if let (Err(error), Some(handler)) = (&outcome, handler)
            && let Some(pause) = handler.postpones(error)
        {
            count(&job, "postponed");
            self.postpone(&job, error, pause).await?;
            return Ok(true);
        }
        let is_final = match (&outcome, handler) {
            (Err(error), Some(handler)) => job.is_last_attempt() || handler.is_final(error),
            _ => job.is_last_attempt(),
        };
        count(&job, if outcome.is_ok() { "done" } else { "failed" });
        let pause = handler.map_or(TimeDelta::minutes(1), |handler| handler.pause_after(job.attempts));
        self.finish(&job, outcome, (!is_final).then_some(pause)).await?;
        Ok(true)
    }

    async fn claim(&self, lane: Option<Lane>) -> Result<Option<Job>, AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        let now = self.clock_of_leases(&mut tx).await?;
        on_tx!(&mut tx, |c| sqlx::query(GIVE_UP).bind(now).bind(MOST_ATTEMPTS).execute(c).await.map(|_| ()))
            .or_internal("giving up jobs")?;
        let job = on_tx!(&mut tx, |c| sqlx::query_as::<_, Job>(CLAIM)
            .bind(self.ambient.now())
            .bind(now + LEASE)
            .bind(MOST_ATTEMPTS)
            .bind(lane.map(Lane::key))
            .bind(now)
            .fetch_optional(c)
            .await)
        .or_internal("claiming a job")?;
        tx.commit().await?;
        Ok(job)
    }

    /// What all nodes go by, whatever their own clocks say.
    async fn clock_of_leases(&self, tx: &mut Tx) -> Result<DateTime<Utc>, AppError> {
        let ahead = tx.clock_ahead_of(|| self.machine.now()).await.or_internal("reading a clock")?;
        Ok(self.ambient.now() + ahead)
    }

    /// Says again and again that somebody works on the job; ends when that is not so any more.
    async fn hold(&self, job: &Job) {
        loop {
            tokio::time::sleep(self.say_every).await;
            // What went wrong is in the log; there are three more tries before somebody else takes it over.
            if let Ok(false) = self.renew(job).await {
                return;
            }
        }
    }

    /// Whether the job is still this worker's.
    async fn renew(&self, job: &Job) -> Result<bool, AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        let until = self.clock_of_leases(&mut tx).await? + LEASE;
        let is_ours = on_tx!(&mut tx, |c| sqlx::query(RENEW)
            .bind(job.id)
            .bind(until)
            .bind(job.attempts)
            .execute(c)
            .await
            .map(|done| done.rows_affected() > 0))
        .or_internal("going on with a job")?;
        tx.commit().await?;
        Ok(is_ours)
    }

    /// Writes down how it went; after an error it is tried again after the pause, if there is one.
    async fn finish(
        &self,
        job: &Job,
        outcome: Result<(), AppError>,
        pause: Option<TimeDelta>,
    ) -> Result<(), AppError> {
        let now = self.ambient.now();
        let (state, run_at, error, finished_at) = match (outcome, pause) {
            (Ok(()), _) => ("done", now, None, Some(now)),
            (Err(error), Some(pause)) => ("ready", now + pause, Some(error.to_string()), None),
            (Err(error), None) => ("failed", now, Some(error.to_string()), Some(now)),
        };
        if let Some(error) = &error {
            tracing::warn!(job = %job.id, kind = %job.kind, attempts = job.attempts, error, "Job failed");
        }
        self.write_outcome(job, state, run_at, (error, finished_at)).await
    }

    async fn postpone(&self, job: &Job, error: &AppError, pause: TimeDelta) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        on_tx!(&mut tx, |c| sqlx::query(POSTPONE)
            .bind(job.id)
            .bind(self.ambient.now() + pause)
            .bind(error.to_string())
            .bind(job.attempts)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("putting a job off")?;
        tx.commit().await
    }

    async fn write_outcome(
        &self,
        job: &Job,
        state: &str,
        run_at: DateTime<Utc>,
        (error, finished_at): (Option<String>, Option<DateTime<Utc>>),
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        on_tx!(&mut tx, |c| sqlx::query(FINISH)
            .bind(job.id)
            .bind(state)
            .bind(run_at)
            .bind(&error)
            .bind(finished_at)
            .bind(job.attempts)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("finishing a job")?;
        tx.commit().await
    }
}

fn count(job: &Job, outcome: &'static str) {
    metrics_facade::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => outcome).increment(1);
}
