//! The audit log.

use chrono::TimeDelta;
use db::{Db, db_test, on_db, sqlx};
use kernel::{Actor, WorkspaceScope};
use platform::audit;

use crate::workspace::{ambient, workspace};

async fn note(db: &Db, scope: WorkspaceScope, action: &str, is_committed: bool) {
    let actor = Actor::system(scope.workspace_id());
    let mut tx = db.begin().await.unwrap();
    let entry = audit::Entry { action, subject: "thing".to_owned(), detail: "a few words".to_owned() };
    audit::record(
        &mut tx,
        &ambient(TimeDelta::milliseconds(action.len().cast_signed() as i64)),
        &actor,
        scope,
        entry,
    )
    .await
    .unwrap();
    if is_committed {
        tx.commit().await.unwrap();
    }
}

db_test!(a_deed_is_in_the_log_exactly_if_it_was_done, |db: Db| {
    let scope = workspace(&db).await;
    note(&db, scope, "file.removed", false).await;
    note(&db, scope, "file.kept", true).await;
    let actions: Vec<String> =
        on_db!(&db, |c| sqlx::query_scalar("SELECT action FROM audit_log").fetch_all(c).await).unwrap();
    assert_eq!(actions, ["file.kept"]);
});
