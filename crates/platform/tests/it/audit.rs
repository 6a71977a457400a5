//! The audit log.

use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, on_tx, sqlx, testing::as_owner};
use kernel::{Actor, Ambient, WorkspaceScope};
use platform::{
    Origin, Trace,
    audit::{self, AuditFilter, HeadError},
    testing, with_origin,
};

use crate::workspace::{ambient, workspace};

async fn note(db: &Db, scope: WorkspaceScope, action: &str, is_committed: bool) {
    let actor = Actor::system(scope.workspace_id());
    let mut tx = db.begin_in(scope).await.unwrap();
    let entry = audit::Entry { action, subject: "thing".to_owned(), detail: "a few words".to_owned() };
    audit::record(&mut tx, &Ambient::system(), &actor, scope, entry).await.unwrap();
    if is_committed {
        tx.commit().await.unwrap();
    }
}

/// A chain of five events.
async fn five(db: &Db) -> WorkspaceScope {
    let scope = workspace(db).await;
    for action in ["a.one", "a.two", "a.three", "a.four", "a.five"] {
        note(db, scope, action, true).await;
    }
    assert_eq!(audit::verify(db).await.unwrap(), Ok(5));
    scope
}

/// Lets whoever owns the schema do what the program may not.
async fn tamper(db: &Db, statement: &str) {
    let unguarded = match db.engine() {
        "sqlite" => "DROP TRIGGER audit_events_no_update; DROP TRIGGER audit_events_no_delete;",
        _ => {
            "ALTER TABLE audit_events DISABLE TRIGGER no_changes; ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;"
        }
    };
    as_owner(db, &format!("{unguarded} {statement}")).await;
}

/// The place and the reason of the one break.
async fn the_break(db: &Db) -> (i64, &'static str) {
    let breaks = audit::verify(db).await.unwrap().unwrap_err();
    assert_eq!(breaks.len(), 1, "{breaks:?}");
    (breaks[0].seq, breaks[0].reason)
}

db_test!(a_deed_is_in_the_log_exactly_if_it_was_done, |db: Db| {
    let scope = workspace(&db).await;
    note(&db, scope, "file.removed", false).await;
    note(&db, scope, "file.kept", true).await;
    let events = audit::list(&db, scope, &AuditFilter::default(), 10).await.unwrap();
    let actions: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["file.kept"]);
    assert_eq!((events[0].actor.as_str(), events[0].place.as_str()), ("program", "program"));
});

db_test!(a_deed_says_which_request_it_came_with, |db: Db| {
    let scope = workspace(&db).await;
    let origin = Origin {
        address: Some("192.0.2.7".parse().unwrap()),
        request_id: "abcdef".to_owned(),
        trace: Trace::begin(&ambient(TimeDelta::zero())),
    };
    with_origin(origin, note(&db, scope, "file.kept", true)).await;
    let events = audit::list(&db, scope, &AuditFilter::default(), 10).await.unwrap();
    assert_eq!((events[0].place.as_str(), events[0].request_id.as_str()), ("192.0.2.7", "abcdef"));
});

db_test!(events_are_found_by_verb_and_page_by_page, |db: Db| {
    let scope = five(&db).await;
    let filter = AuditFilter { action: Some("a.two".to_owned()), ..AuditFilter::default() };
    assert_eq!(audit::list(&db, scope, &filter, 10).await.unwrap().len(), 1);
    let first = audit::list(&db, scope, &AuditFilter::default(), 2).await.unwrap();
    let filter = AuditFilter { before: Some(first[1].seq), ..AuditFilter::default() };
    let second = audit::list(&db, scope, &filter, 2).await.unwrap();
    let actions: Vec<&str> = first.iter().chain(&second).map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["a.five", "a.four", "a.three", "a.two"]);
    assert_eq!(audit::actions(&db, scope).await.unwrap().len(), 5);
});

db_test!(the_program_itself_can_neither_change_nor_remove_nor_replace_an_event, |db: Db| {
    five(&db).await;
    for statement in [
        "UPDATE audit_events SET detail = 'nothing'",
        "DELETE FROM audit_events",
        "INSERT INTO audit_events SELECT * FROM audit_events WHERE seq = 2
         ON CONFLICT (workspace_id, seq) DO UPDATE SET detail = 'nothing'",
    ] {
        let mut tx = db.begin_everywhere().await.unwrap();
        let done = on_tx!(&mut tx, |c| sqlx::query(statement).execute(c).await.map(|_| ()));
        assert!(done.is_err(), "{statement}");
    }
    if db.engine() == "sqlite" {
        let replace = "INSERT OR REPLACE INTO audit_events SELECT workspace_id, seq, 0, actor, action, subject, detail, place, request_id, prev_hash, hash FROM audit_events WHERE seq = 2";
        let mut tx = db.begin().await.unwrap();
        let done = on_tx!(&mut tx, |c| sqlx::query(replace).execute(c).await.map(|_| ()));
        assert!(done.is_err());
    }
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(5));
});

db_test!(an_event_that_was_changed_is_named, |db: Db| {
    five(&db).await;
    tamper(&db, "UPDATE audit_events SET detail = 'nothing' WHERE seq = 2").await;
    assert_eq!(the_break(&db).await, (2, "it was changed"));
});

db_test!(an_event_that_was_taken_out_is_missed, |db: Db| {
    five(&db).await;
    tamper(&db, "DELETE FROM audit_events WHERE seq = 2").await;
    assert_eq!(the_break(&db).await, (3, "events before it are missing"));
});

db_test!(events_that_changed_places_are_named, |db: Db| {
    five(&db).await;
    tamper(
        &db,
        "UPDATE audit_events SET seq = 9 WHERE seq = 2; UPDATE audit_events SET seq = 2 WHERE seq = 3;
         UPDATE audit_events SET seq = 3 WHERE seq = 9;",
    )
    .await;
    assert_eq!(the_break(&db).await, (2, "it does not follow the event before it"));
});

db_test!(a_tail_that_was_cut_off_shows_against_a_head_that_was_kept, |db: Db| {
    five(&db).await;
    let vault = testing::vault(&db, &ambient(TimeDelta::zero())).await;
    let [head] = audit::heads(&db, &vault).await.unwrap().try_into().unwrap();
    assert_eq!(head.compare(&db, &vault).await.unwrap(), None);
    tamper(&db, "DELETE FROM audit_events WHERE seq > 2").await;
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(3), "the chain alone cannot tell");
    assert_eq!(head.compare(&db, &vault).await.unwrap(), Some(HeadError::Cut));

    let forged = audit::Head { seq: 1, ..head.clone() };
    assert_eq!(forged.compare(&db, &vault).await.unwrap(), Some(HeadError::Forged));
    let line = serde_json::json!({ "audit_head": serde_json::to_string(&head).unwrap() }).to_string();
    assert_eq!(audit::read_heads(&format!("other\n{line}\n{{}}")), [head]);
});

db_test!(the_deeds_of_one_actor_are_read_page_by_page_and_none_is_left_out, |db: Db| {
    five(&db).await;
    let (first, end) = audit::list_deeds(&db, ("program", "a.five"), None, 3).await.unwrap();
    let (rest, end_of_rest) = audit::list_deeds(&db, ("program", "a.five"), end, 3).await.unwrap();
    let actions =
        |deeds: &[audit::Deed]| deeds.iter().map(|deed| deed.action.clone()).collect::<Vec<String>>();
    assert_eq!(actions(&first), ["a.four", "a.three", "a.two"], "what is not told of does not count either");
    assert_eq!((actions(&rest), end_of_rest), (vec!["a.one".to_owned()], None));
    assert!(audit::list_deeds(&db, ("person:nobody", ""), None, 3).await.unwrap().0.is_empty());
});

// A chain never forks, however many write at once.
db_test!(a_thousand_events_at_once_make_one_chain, |db: Db| {
    const WRITERS: usize = 20;
    const EACH: usize = 50;
    let scope = workspace(&db).await;
    let writers = (0..WRITERS).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            for _ in 0..EACH {
                note(&db, scope, "file.kept", true).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(audit::verify(&db).await.unwrap(), Ok((WRITERS * EACH) as u64));
    let rows: i64 =
        on_everywhere!(&db, |c| sqlx::query_scalar("SELECT MAX(seq) FROM audit_events").fetch_one(c).await)
            .unwrap();
    assert_eq!(rows.unsigned_abs(), (WRITERS * EACH) as u64 - 1);
});
