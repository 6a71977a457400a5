//! Requests that come twice.

use chrono::TimeDelta;
use db::{Db, db_test};
use kernel::{Actor, Ambient, Permission, WorkspaceScope};
use platform::{
    Idempotency,
    audit::{self, Entry},
    idempotency::{KeptAnswer, Outcome, with_claim},
    testing::vault,
};

use crate::workspace::{ambient, workspace};

const BODY: [u8; 32] = [7; 32];

/// The memory as a process sees it so much after nine.
async fn memory(db: &Db, after_nine: TimeDelta) -> Idempotency {
    let ambient = ambient(after_nine);
    Idempotency::new(db.clone(), ambient.clone(), vault(db, &ambient).await)
}

/// Does something under the claim, and dies before it can answer.
async fn carry_out(db: &Db, scope: WorkspaceScope, outcome: Outcome) {
    let Outcome::New(claim) = outcome else { panic!("{outcome:?}") };
    let actor = Actor::system(scope.workspace_id());
    let entry = Entry { action: "thing.made", subject: "thing-1".to_owned(), detail: String::new() };
    let mut tx = db.begin_in(actor.require(Permission::View).unwrap()).await.unwrap();
    with_claim(claim, audit::record(&mut tx, &Ambient::system(), &actor, scope, entry)).await.unwrap();
    tx.commit().await.unwrap();
}

db_test!(a_second_request_gets_the_answer_of_the_first, |db: Db| {
    let memory = memory(&db, TimeDelta::zero()).await;
    let Outcome::New(claim) = memory.claim("ada", "k", BODY).await.unwrap() else { panic!() };
    assert!(matches!(memory.claim("ada", "k", BODY).await.unwrap(), Outcome::Busy));
    let answer = KeptAnswer {
        status: 201,
        headers: vec![("location".to_owned(), "/x".to_owned())],
        body: b"canary".to_vec(),
    };
    memory.keep(&claim, &answer).await.unwrap();
    let Outcome::Answered(again) = memory.claim("ada", "k", BODY).await.unwrap() else { panic!() };
    assert_eq!(again, answer);
    assert!(matches!(memory.claim("ada", "k", [8; 32]).await.unwrap(), Outcome::Other));
    assert!(matches!(memory.claim("eve", "k", BODY).await.unwrap(), Outcome::New(_)), "keys are one's own");
    let kept: Vec<u8> = db::on_everywhere!(&db, |c| db::sqlx::query_scalar(
        "SELECT answer_sealed FROM idempotency_keys WHERE answer_sealed IS NOT NULL"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert!(!kept.windows(6).any(|bytes| bytes == b"canary"), "answers hold secrets");
});

db_test!(a_request_whose_process_died_is_never_carried_out_twice, |db: Db| {
    let scope = workspace(&db).await;
    let outcome = memory(&db, TimeDelta::zero()).await.claim("ada", "k", BODY).await.unwrap();
    carry_out(&db, scope, outcome).await;
    assert!(matches!(
        memory(&db, TimeDelta::seconds(30)).await.claim("ada", "k", BODY).await.unwrap(),
        Outcome::Busy
    ));
    let later = memory(&db, TimeDelta::minutes(2)).await.claim("ada", "k", BODY).await.unwrap();
    assert!(matches!(&later, Outcome::Done(subject) if subject == "thing-1"), "{later:?}");
});

db_test!(a_request_that_did_nothing_can_be_sent_again, |db: Db| {
    let at_once = memory(&db, TimeDelta::zero()).await;
    let Outcome::New(claim) = at_once.claim("ada", "k", BODY).await.unwrap() else { panic!() };
    at_once.give_up(&claim).await.unwrap();
    assert!(matches!(at_once.claim("ada", "k", BODY).await.unwrap(), Outcome::New(_)));
    // That one's process died before it did anything.
    let later = memory(&db, TimeDelta::minutes(2)).await;
    assert!(matches!(later.claim("ada", "k", BODY).await.unwrap(), Outcome::New(_)));
    assert!(matches!(later.claim("ada", "k", BODY).await.unwrap(), Outcome::Busy));
});

db_test!(keys_are_forgotten_after_a_day, |db: Db| {
    memory(&db, TimeDelta::zero()).await.claim("ada", "k", BODY).await.unwrap();
    let next_day = memory(&db, TimeDelta::hours(25)).await;
    next_day.sweep().await.unwrap();
    assert!(matches!(next_day.claim("ada", "k", [8; 32]).await.unwrap(), Outcome::New(_)));
});

db_test!(of_many_equal_requests_at_once_one_is_carried_out, |db: Db| {
    let memory = memory(&db, TimeDelta::zero()).await;
    let claims = futures::future::join_all((0..8).map(|_| memory.claim("ada", "k", BODY))).await;
    let new = claims.into_iter().filter(|outcome| matches!(outcome, Ok(Outcome::New(_)))).count();
    assert_eq!(new, 1);
});
