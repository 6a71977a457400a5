//! What happens in workspaces, for those who watch one at the moment.
//!
//! There is one source of it: the chain of the workspace, which is written in the transaction of the deed. A node looks for its newest
//! events a few times in a second, on its own database connection, so all nodes see the same and none has to be told; while nobody
//! watches it does not look at all. Whoever was away reads on after the last number they saw.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::TimeDelta;
use db::{Db, on_everywhere, on_scope};
use kernel::{Ambient, AppError, OrInternal, WorkspaceScope};
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

/// So far back a look goes: longer than a transaction lasts, and than the clocks of two nodes differ.
const LOOKS_BACK: TimeDelta = TimeDelta::minutes(2);

const NEWEST: &str = "
    SELECT workspace_id, MAX(seq) FROM audit_events WHERE happened_at >= $1 GROUP BY workspace_id";
// What may take a right or a session away from somebody without a trace in the workspace that they watch.
const NEWEST_ENDING: &str = "
    SELECT MAX(seq) FROM audit_events
    WHERE workspace_id = $1
      AND action IN ('sessions.ended', 'signed_out', 'password.changed', 'person.deactivated', 'administrator.removed')
      AND happened_at >= $2";
const NEWEST_OF: &str = "SELECT MAX(seq) FROM audit_events WHERE workspace_id = $1";
const SINCE: &str = "
    SELECT seq, action, subject FROM audit_events WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// The kinds of deeds that everybody in a workspace may know of. Who did them and how is for those who read the log.
const OPEN: [&str; 6] = ["dataset", "import", "member", "profile", "report", "workspace"];

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its place in the chain, to go on after.
    #[serde(skip)]
    pub seq: i64,
    /// What was done, as in the audit log: `import.committed`.
    pub action: String,
    /// To what, usually an id.
    pub subject: String,
}

/// The events of this node. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    db: Db,
    ambient: Ambient,
    watched: Arc<Mutex<HashMap<Uuid, watch::Sender<i64>>>>,
    endings: watch::Sender<i64>,
}

/// Tells when it is worth looking again.
pub struct Watch {
    changes: watch::Receiver<i64>,
    endings: watch::Receiver<i64>,
}

impl Watch {
    /// Waits until something happened in the workspace, or somebody may have lost a right.
    pub async fn changed(&mut self) {
        // An error means that the node is about to end, which its streams learn by themselves.
        tokio::select! {
            outcome = self.changes.changed() => if outcome.is_err() { std::future::pending().await },
            outcome = self.endings.changed() => if outcome.is_err() { std::future::pending().await },
        }
    }
}

impl Live {
    /// The events that `db` holds.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient, watched: Arc::default(), endings: watch::Sender::new(-1) }
    }

    /// Begins to watch a workspace.
    pub fn watch(&self, scope: WorkspaceScope) -> Watch {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = watched.entry(scope.workspace_id().uuid()).or_insert_with(|| watch::Sender::new(-1));
        Watch { changes: sender.subscribe(), endings: self.endings.subscribe() }
    }

    /// How many streams watch something.
    pub fn watchers(&self) -> usize {
        self.endings.receiver_count()
    }

    /// The number of the newest event of a workspace; what happens later comes after it.
    pub async fn newest(&self, scope: WorkspaceScope) -> Result<i64, AppError> {
        let seq: Option<i64> = on_scope!(&self.db, scope, |c| sqlx::query_scalar(NEWEST_OF)
            .bind(scope.workspace_id().uuid())
            .fetch_one(c)
            .await)
        .or_internal("looking for events")?;
        Ok(seq.unwrap_or(-1))
    }

    /// What happened after that number, oldest first, at most so many, and the number to go on after.
    pub async fn since(
        &self,
        scope: WorkspaceScope,
        after: i64,
        most: u32,
    ) -> Result<(Vec<Change>, i64), AppError> {
        let rows: Vec<(i64, String, String)> = on_scope!(&self.db, scope, |c| sqlx::query_as(SINCE)
            .bind(scope.workspace_id().uuid())
            .bind(after)
            .bind(i64::from(most))
            .fetch_all(c)
            .await)
        .or_internal("reading events")?;
        let last = rows.last().map_or(after, |(seq, ..)| *seq);
        let is_open = |action: &str| action.split('.').next().is_some_and(|kind| OPEN.contains(&kind));
        let changes = rows.into_iter().filter(|(_, action, _)| is_open(action));
        Ok((changes.map(|(seq, action, subject)| Change { seq, action, subject }).collect(), last))
    }

    /// Looks once for what is new, and wakes those who watch it.
    pub async fn look(&self) -> Result<(), AppError> {
        const DOING: &str = "looking for events";
        if self.watchers() == 0 {
            self.watched.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return Ok(());
        }
        let from = (self.ambient.now() - LOOKS_BACK).timestamp_micros();
        let newest: Vec<(Uuid, i64)> =
            on_everywhere!(&self.db, |c| sqlx::query_as(NEWEST).bind(from).fetch_all(c).await)
                .or_internal(DOING)?;
        let ending: Option<i64> = on_everywhere!(&self.db, |c| sqlx::query_scalar(NEWEST_ENDING)
            .bind(Uuid::nil())
            .bind(from)
            .fetch_one(c)
            .await)
        .or_internal(DOING)?;
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, sender| sender.receiver_count() > 0);
        for (workspace, seq) in newest {
            if let Some(sender) = watched.get(&workspace) {
                wake(sender, seq);
            }
        }
        drop(watched);
        if let Some(seq) = ending {
            wake(&self.endings, seq);
        }
        Ok(())
    }

    /// How many workspaces are watched.
    pub fn watched(&self) -> usize {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn wake(sender: &watch::Sender<i64>, seq: i64) {
    sender.send_if_modified(|newest| {
        let is_new = seq > *newest;
        *newest = (*newest).max(seq);
        is_new
    });
}
