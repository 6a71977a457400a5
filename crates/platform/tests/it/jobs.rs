//! The queue of background work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, db_test, on_everywhere, on_tx, sqlx};
use kernel::{Ambient, AppError, WorkspaceScope};
use platform::{Job, JobHandler, Jobs, Lane};
use tokio::sync::Notify;

use crate::workspace::{ambient, workspace};

const KIND: &str = "tests.work";

/// What the work comes to.
#[derive(Clone, Copy)]
enum Outcome {
    Done,
    Failed,
    /// It ends in a fault of ours.
    Panics,
    /// It fails once it is told to end.
    Waits,
    /// It never ends, as if the process had been killed in the middle.
    Hangs,
}

struct Work {
    outcome: Outcome,
    runs: AtomicU32,
    last_attempts: AtomicU32,
    has_begun: Notify,
    may_end: Notify,
}

#[async_trait]
impl JobHandler for Work {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Job) -> Result<(), AppError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.last_attempts.fetch_add(u32::from(job.is_last_attempt()), Ordering::SeqCst);
        self.has_begun.notify_one();
        match self.outcome {
            Outcome::Done => Ok(()),
            Outcome::Failed => Err(AppError::conflict("It does not work")),
            Outcome::Panics => panic!("no such person: ada@acme.example"),
            Outcome::Waits => {
                self.may_end.notified().await;
                Err(AppError::conflict("Too late"))
            }
            Outcome::Hangs => std::future::pending().await,
        }
    }
}

/// Work with that outcome, and the handlers that a worker asks.
fn work(outcome: Outcome) -> (Arc<Work>, Vec<Arc<dyn JobHandler>>) {
    let (has_begun, may_end) = (Notify::new(), Notify::new());
    let work = Arc::new(Work { outcome, runs: 0.into(), last_attempts: 0.into(), has_begun, may_end });
    (work.clone(), vec![work])
}

/// The queue as a process sees it so much after nine.
fn queue(db: &Db, after_nine: TimeDelta) -> Jobs {
    Jobs::new(db.clone(), ambient(after_nine))
}

async fn enqueue(db: &Db, scope: WorkspaceScope, payload: &str) {
    let jobs =
        queue(db, TimeDelta::milliseconds(-1 - i64::from(payload.as_bytes().first().copied().unwrap_or(0))));
    let mut tx = db.begin_everywhere().await.unwrap();
    jobs.enqueue(&mut tx, scope, KIND, payload.to_owned()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Claims the next job and dies over it.
async fn claim_and_die(jobs: &Jobs) {
    let (work, handlers) = work(Outcome::Hangs);
    let running = tokio::spawn({
        let jobs = jobs.clone();
        async move { jobs.run_next(&handlers).await }
    });
    work.has_begun.notified().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
}

async fn state(db: &Db) -> (String, i64, Option<String>) {
    on_everywhere!(db, |c| sqlx::query_as("SELECT state, attempts, last_error FROM jobs").fetch_one(c).await)
        .unwrap()
}

db_test!(a_job_that_ends_in_a_fault_of_ours_is_tried_again_and_given_up_and_the_others_go_on, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (_, panicking) = work(Outcome::Panics);
    assert!(queue(&db, TimeDelta::zero()).run_next(&panicking).await.unwrap());
    let (is, attempts, error) = state(&db).await;
    assert_eq!((is.as_str(), attempts), ("ready", 1));
    assert!(!error.unwrap().contains("ada"), "what a fault says stays inside");
    for hour in 1..8 {
        queue(&db, TimeDelta::hours(hour)).run_next(&panicking).await.unwrap();
    }
    let (is, attempts, _) = state(&db).await;
    assert_eq!((is.as_str(), attempts), ("failed", 5));

    enqueue(&db, scope, "a").await;
    let (work, handlers) = work(Outcome::Done);
    assert!(queue(&db, TimeDelta::hours(9)).run_next(&handlers).await.unwrap());
    assert_eq!(work.runs.load(Ordering::SeqCst), 1);
});

db_test!(a_list_of_jobs_goes_on_where_it_stopped, |db: Db| {
    let (scope, jobs) = (workspace(&db).await, queue(&db, TimeDelta::zero()));
    let mut tx = db.begin_everywhere().await.unwrap();
    // All of one moment.
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(jobs.enqueue(&mut tx, scope, KIND, String::new()).await.unwrap().uuid());
    }
    tx.commit().await.unwrap();
    ids.sort_unstable_by(|one, other| other.cmp(one));
    enqueue(&db, scope, "an older one").await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = jobs.list_after(scope, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id));
        seen.extend(page.iter().map(|job| job.id));
    }
    assert_eq!((&seen[..5], seen.len()), (ids.as_slice(), 6));
});

db_test!(work_of_a_transaction_that_fails_is_never_done, |db: Db| {
    let scope = workspace(&db).await;
    let jobs = queue(&db, TimeDelta::zero());
    let (work, handlers) = work(Outcome::Done);
    let mut tx = db.begin_everywhere().await.unwrap();
    jobs.enqueue(&mut tx, scope, KIND, String::new()).await.unwrap();
    drop(tx);
    assert!(!jobs.run_next(&handlers).await.unwrap());

    enqueue(&db, scope, "").await;
    assert!(jobs.run_next(&handlers).await.unwrap());
    assert!(!jobs.run_next(&handlers).await.unwrap(), "it is done");
    assert_eq!(work.runs.load(Ordering::SeqCst), 1);
    assert_eq!(state(&db).await, ("done".to_owned(), 1, None));
});

db_test!(workers_that_race_do_every_job_once, |db: Db| {
    let scope = workspace(&db).await;
    for payload in ["a", "b", "c", "d", "e"] {
        enqueue(&db, scope, payload).await;
    }
    let (work, handlers) = work(Outcome::Done);
    for _ in 0..5 {
        let workers = (0..6).map(|worker| {
            let (jobs, handlers) = (queue(&db, TimeDelta::milliseconds(worker)), handlers.clone());
            tokio::spawn(async move { jobs.run_next(&handlers).await.unwrap() })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    }
    assert_eq!(work.runs.load(Ordering::SeqCst), 5);
});

db_test!(a_failed_job_is_tried_again_after_a_pause, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (_, failing) = work(Outcome::Failed);
    assert!(queue(&db, TimeDelta::zero()).run_next(&failing).await.unwrap());
    assert_eq!(state(&db).await, ("ready".to_owned(), 1, Some("It does not work".to_owned())));

    let (_, succeeding) = work(Outcome::Done);
    assert!(!queue(&db, TimeDelta::seconds(1)).run_next(&succeeding).await.unwrap(), "still pausing");
    assert!(queue(&db, TimeDelta::seconds(2)).run_next(&succeeding).await.unwrap());
    assert_eq!(state(&db).await, ("done".to_owned(), 2, None));
});

db_test!(a_job_that_always_fails_is_given_up_after_five_attempts, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (work, handlers) = work(Outcome::Failed);
    for hour in 0..10 {
        queue(&db, TimeDelta::hours(hour)).run_next(&handlers).await.unwrap();
    }
    assert_eq!(work.runs.load(Ordering::SeqCst), 5);
    assert_eq!(work.last_attempts.load(Ordering::SeqCst), 1, "the handler is told which attempt is the last");
    assert_eq!(state(&db).await, ("failed".to_owned(), 5, Some("It does not work".to_owned())));
});

db_test!(a_job_of_a_dead_process_is_taken_over_when_its_lease_ends, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    claim_and_die(&queue(&db, TimeDelta::zero())).await;

    let (work, handlers) = work(Outcome::Done);
    assert!(
        !queue(&db, TimeDelta::seconds(50)).run_next(&handlers).await.unwrap(),
        "it may still be running"
    );
    assert!(queue(&db, TimeDelta::minutes(11)).run_next(&handlers).await.unwrap());
    assert_eq!(work.runs.load(Ordering::SeqCst), 1);
    assert_eq!(state(&db).await, ("done".to_owned(), 2, None));
});

db_test!(a_job_that_somebody_works_on_is_taken_over_by_nobody, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let lease = async || {
        let sql = "SELECT lease_until FROM jobs";
        let lease =
            on_everywhere!(&db, |c| sqlx::query_scalar::<_, Option<DateTime<Utc>>>(sql).fetch_one(c).await);
        lease.unwrap().unwrap()
    };
    let (work, handlers) = work(Outcome::Hangs);
    let jobs = Jobs::new(db.clone(), Ambient::system()).saying_every(Duration::from_millis(50));
    let working = tokio::spawn(async move { jobs.run_next(&handlers).await });
    work.has_begun.notified().await;
    let first = lease().await;
    while lease().await <= first {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    working.abort();
});

db_test!(whoever_was_not_heard_of_for_too_long_stops_when_another_took_over, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (first, handlers) = work(Outcome::Hangs);
    let slow = queue(&db, TimeDelta::zero()).saying_every(Duration::from_secs(1));
    let working = tokio::spawn(async move { slow.run_next(&handlers).await });
    first.has_begun.notified().await;
    let (_, handlers) = work(Outcome::Done);
    assert!(queue(&db, TimeDelta::minutes(11)).run_next(&handlers).await.unwrap());
    assert!(working.await.unwrap().unwrap(), "its work is dropped, and it looks for other work");
    assert_eq!(state(&db).await, ("done".to_owned(), 2, None));
});

db_test!(nodes_whose_clocks_differ_go_by_that_of_the_database, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    claim_and_die(&queue(&db, TimeDelta::zero())).await;
    let (_, handlers) = work(Outcome::Done);
    let ahead = TimeDelta::minutes(2);
    let fast = queue(&db, ahead).on_machine(Ambient::fixed(Ambient::system().now() + ahead, 0));
    let takes_over = fast.run_next(&handlers).await.unwrap();
    assert_eq!(takes_over, db.engine() == "sqlite", "one file is on one machine, and goes by its clock");
});

db_test!(a_job_that_does_not_end_with_its_program_is_given_back, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (long, handlers) = work(Outcome::Hangs);
    let cut = long.has_begun.notified();
    assert!(queue(&db, TimeDelta::zero()).run_next_in(Lane::Heavy, &handlers, cut).await.unwrap());
    let (state, attempts, _) = state(&db).await;
    assert_eq!((state.as_str(), attempts), ("ready", 0));
    let (_, handlers) = work(Outcome::Done);
    assert!(queue(&db, TimeDelta::zero()).run_next(&handlers).await.unwrap(), "another one goes on at once");
});

db_test!(the_only_process_takes_abandoned_jobs_back_at_once, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    claim_and_die(&queue(&db, TimeDelta::zero())).await;

    let restarted = queue(&db, TimeDelta::seconds(1));
    restarted.release_abandoned().await.unwrap();
    let (_, handlers) = work(Outcome::Done);
    assert!(restarted.run_next(&handlers).await.unwrap());
});

db_test!(a_process_that_is_killed_in_quick_succession_does_not_use_up_the_attempts_of_a_job, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let mut died = 0;
    for second in 0..8 {
        let restarted = queue(&db, TimeDelta::seconds(second));
        restarted.release_abandoned().await.unwrap();
        let (work, handlers) = work(Outcome::Hangs);
        tokio::select! {
            nothing = restarted.run_next(&handlers) => assert!(!nothing.unwrap()),
            () = work.has_begun.notified() => died += 1,
        }
    }
    assert_eq!(died, 2, "it waits after the second");
    let restarted = queue(&db, TimeDelta::seconds(20));
    restarted.release_abandoned().await.unwrap();
    let (_, handlers) = work(Outcome::Done);
    assert!(restarted.run_next(&handlers).await.unwrap());
    let (state, attempts, _) = state(&db).await;
    assert_eq!((state.as_str(), attempts), ("done", 3));
});

db_test!(a_job_that_kills_its_process_every_time_ends_too, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    for hour in 0..5 {
        claim_and_die(&queue(&db, TimeDelta::hours(hour))).await;
    }
    let restarted = queue(&db, TimeDelta::hours(5));
    restarted.release_abandoned().await.unwrap();
    let (_, handlers) = work(Outcome::Done);
    assert!(!restarted.run_next(&handlers).await.unwrap());
    let (state, attempts, error) = state(&db).await;
    assert_eq!((state.as_str(), attempts), ("failed", 5));
    assert!(error.unwrap().contains("process"));
});

db_test!(a_process_that_was_too_slow_says_nothing_of_a_job_that_another_took_over, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (slow, handlers) = work(Outcome::Waits);
    let first = tokio::spawn({
        let jobs = queue(&db, TimeDelta::zero());
        async move { jobs.run_next(&handlers).await }
    });
    slow.has_begun.notified().await;
    claim_and_die(&queue(&db, TimeDelta::minutes(11))).await;
    slow.may_end.notify_one();
    first.await.unwrap().unwrap();
    assert_eq!(state(&db).await, ("running".to_owned(), 2, None));
});

db_test!(work_that_nobody_knows_is_noted_and_not_lost, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    assert!(queue(&db, TimeDelta::zero()).run_next(&[]).await.unwrap());
    let (state, attempts, error) = state(&db).await;
    assert_eq!((state.as_str(), attempts), ("ready", 1));
    assert!(error.unwrap().contains("handler"));
});

db_test!(the_jobs_of_a_removed_workspace_go_with_it, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("DELETE FROM workspaces").execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let (work, handlers) = work(Outcome::Done);
    assert!(!queue(&db, TimeDelta::zero()).run_next(&handlers).await.unwrap());
    assert_eq!(work.runs.load(Ordering::SeqCst), 0);
});

db_test!(what_was_done_a_month_ago_is_forgotten_and_what_was_given_up_is_not, |db: Db| {
    let scope = workspace(&db).await;
    enqueue(&db, scope, "").await;
    let (_, handlers) = work(Outcome::Done);
    assert!(queue(&db, TimeDelta::zero()).run_next(&handlers).await.unwrap());
    enqueue(&db, scope, "a").await;
    let (_, panicking) = work(Outcome::Panics);
    for hour in 1..8 {
        queue(&db, TimeDelta::hours(hour)).run_next(&panicking).await.unwrap();
    }
    let sql = "SELECT state FROM jobs ORDER BY state";
    let states = async || -> Vec<String> {
        on_everywhere!(&db, |c| sqlx::query_scalar(sql).fetch_all(c).await).unwrap()
    };
    queue(&db, TimeDelta::days(29)).sweep().await.unwrap();
    assert_eq!(states().await, ["done", "failed"]);
    queue(&db, TimeDelta::days(31)).sweep().await.unwrap();
    assert_eq!(states().await, ["failed"]);
    assert_eq!(queue(&db, TimeDelta::days(31)).backlog().await.unwrap().failed, 1);
});
