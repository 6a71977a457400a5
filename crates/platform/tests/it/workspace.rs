//! A workspace to work for, at a moment of the test's choice.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, on_tx, sqlx};
use kernel::{Actor, Ambient, Permission, WorkspaceId, WorkspaceScope};

/// Saturday, 3 October 2026, nine o'clock.
pub(crate) fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_791_018_000, 0).unwrap()
}

/// The clock standing so much after nine; another moment gives other ids.
pub(crate) fn ambient(after_nine: TimeDelta) -> Ambient {
    Ambient::fixed(nine() + after_nine, after_nine.num_milliseconds().unsigned_abs())
}

/// Makes a workspace and gives the proof that everything is allowed in it.
pub(crate) async fn workspace(db: &Db) -> WorkspaceScope {
    const INSERT: &str = "INSERT INTO workspaces (id, slug, name, is_synthetic, created_at) VALUES ($1, 'acme', 'Acme', $2, $3)";
    let id: WorkspaceId = ambient(TimeDelta::days(-1)).id();
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(INSERT)
        .bind(id.uuid())
        .bind(false)
        .bind(nine())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    Actor::system(id).require(Permission::View).unwrap()
}
