//! What people take along, and what is left of them.

use std::{collections::BTreeSet, time::Duration};

use accounts::{Accounts, Attempt, DoneAs, EmergencyLook, Whereabouts};
use chrono::TimeDelta;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{Role, UserId};
use platform::audit::Deed;
use uuid::Uuid;

use crate::people::{PASSWORD, accounts, count, member, sign_up};

const ADA: &str = "ada@acme.example";
const EVE: &str = "eve@other.example";
const HERE: Attempt = Attempt { address: None };

/// Everything that somebody did, page by page.
async fn deeds(accounts: &Accounts, id: UserId, done_as: DoneAs) -> Vec<Deed> {
    let (mut deeds, mut after) = (Vec::new(), None);
    loop {
        let (page, end) = accounts.deeds_after(id, done_as, after).await.unwrap();
        assert!(page.len() <= 1000, "{}", page.len());
        deeds.extend(page);
        if end.is_none() {
            return deeds;
        }
        after = end;
    }
}

db_test!(everything_that_is_kept_about_a_person_can_be_taken_along, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    accounts.begin_tokens(ada.id, "Program").await.unwrap();
    let export = accounts.export_person(ada.id).await.unwrap();
    assert_eq!((export.person.email.as_str(), export.has_password), (ADA, true));
    assert_eq!((export.workspaces.len(), export.workspaces[0].role), (1, Role::Owner));
    assert!(
        export.workspaces[0].joined_at <= export.exported_at && !export.workspaces[0].reads_personal_data
    );
    assert_eq!(export.sessions.iter().filter(|session| session.is_program).count(), 1);
    assert_eq!((export.ended_programs.len(), export.administrator_since), (0, None));
    let text = serde_json::to_string(&export).unwrap();
    assert!(!text.contains("$argon2"), "{text}");
    let deeds = deeds(&accounts, ada.id, DoneAs::Person).await;
    for action in ["api.signed_in", "person.exported"] {
        assert!(deeds.iter().any(|deed| deed.action == action), "{action} is not in {deeds:?}");
    }
});

db_test!(what_ended_and_what_somebody_runs_is_taken_along_as_well, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let tokens = accounts.begin_tokens(ada.id, "Program").await.unwrap();
    let (_, claims) = accounts.person_of_access(&tokens.access_token).await.unwrap();
    accounts.end_tokens(&claims).await.unwrap();
    let link = accounts.administrator_link().await.unwrap();
    accounts.become_administrator(ada.id, link.split_once("?link=").unwrap().1).await.unwrap();
    let export = accounts.export_person(ada.id).await.unwrap();
    let [ended] = export.ended_programs.try_into().unwrap();
    assert_eq!((ended.device.as_str(), ended.revoked_at), ("Program", Some(export.exported_at)));
    assert_eq!(export.administrator_since, Some(export.exported_at));
    assert!(export.sessions.is_empty());
});

/// Has somebody done that many things in a workspace that is gone since, seven at each moment.
async fn keep_busy(db: &Db, (actor, workspace): (&str, u128), deeds: usize) {
    const DEEDS: &str = "
        WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $3)
        INSERT INTO audit_events
            (workspace_id, seq, happened_at, actor, action, subject, detail, place, request_id, prev_hash, hash)
        SELECT $1, number, number / 7, $2, 'thing.done', CAST(number AS TEXT), '', '', '',
               CAST(CAST(number AS TEXT) AS BYTEA), CAST(CAST(number AS TEXT) AS BYTEA)
        FROM numbers";
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(DEEDS)
        .bind(Uuid::from_u128(workspace))
        .bind(actor)
        .bind(i64::try_from(deeds).unwrap())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

db_test!(whoever_did_more_than_ten_thousand_things_takes_all_of_them_along, |db: Db| {
    const EACH: usize = 6_000;
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let actor = format!("person:{}", ada.id);
    keep_busy(&db, (&actor, 1), EACH).await;
    keep_busy(&db, (&actor, 2), EACH).await;
    let deeds = deeds(&accounts, ada.id, DoneAs::Person).await;
    let done = deeds.iter().filter(|deed| deed.action == "thing.done");
    assert_eq!(done.clone().count(), 2 * EACH, "each of them once");
    assert_eq!(done.map(|deed| &deed.subject).collect::<BTreeSet<_>>().len(), EACH);
    assert!(deeds.is_sorted_by(|one, next| one.happened_at >= next.happened_at), "newest first");
});

db_test!(an_administrator_takes_along_what_they_did_as_one_and_where_they_looked, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let (eve, _) = sign_up(&accounts, EVE).await;
    let link = accounts.administrator_link().await.unwrap();
    accounts.become_administrator(eve.id, link.split_once("?link=").unwrap().1).await.unwrap();
    let by = accounts.administrator(Some(eve.id)).await.unwrap();
    let look = EmergencyLook::parse("acme", "Support request 4711: import hangs", "15").unwrap();
    accounts.look_into(by, &look).await.unwrap();

    let export = accounts.export_person(eve.id).await.unwrap();
    let [looked] = export.emergency_looks.try_into().unwrap();
    assert_eq!((looked.slug.as_str(), &looked.reason), ("acme", &look.reason));
    assert_eq!(looked.ends_at - looked.began_at, TimeDelta::minutes(15));
    let as_administrator = deeds(&accounts, eve.id, DoneAs::Administrator).await;
    let began = as_administrator.iter().filter(|deed| deed.action == "emergency.began");
    let subjects: BTreeSet<&str> = began.map(|deed| deed.subject.as_str()).collect();
    let (person, workspace) = (eve.id.to_string(), looked.workspace_id.to_string());
    assert_eq!(subjects, BTreeSet::from([person.as_str(), workspace.as_str()]), "in both logs that hold it");
    let as_person = deeds(&accounts, eve.id, DoneAs::Person).await;
    assert!(!as_person.iter().any(|deed| deed.action == "emergency.began"), "each deed is told once");

    let other = accounts.export_person(ada.id).await.unwrap();
    assert!(other.emergency_looks.is_empty());
    assert!(deeds(&accounts, ada.id, DoneAs::Administrator).await.is_empty());
});

db_test!(nothing_is_left_of_a_person_who_goes, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let (eve, _) = sign_up(&accounts, EVE).await;
    accounts.begin_tokens(ada.id, "Program").await.unwrap();
    let gone = accounts.erase_person(ada.id).await.unwrap();
    assert_eq!(gone.len(), 1, "the workspace that was hers alone");
    assert_eq!(accounts.whereabouts(gone[0]).await.unwrap(), Whereabouts::Gone);
    assert!(accounts.sign_in(ADA, PASSWORD, HERE).await.is_err());
    assert!(accounts.find_person(ada.id).await.unwrap().is_none());
    assert_eq!((count(&db, "users").await, count(&db, "workspaces").await), (1, 1));
    assert_eq!((count(&db, "token_families").await, count(&db, "company_profiles").await), (0, 1));
    let keys_of = "SELECT CAST(COUNT(*) AS BIGINT) FROM data_keys WHERE owner = $1";
    let left: i64 =
        db::on_everywhere!(&db, |c| db::sqlx::query_scalar(keys_of).bind(ada.id.uuid()).fetch_one(c).await)
            .unwrap();
    assert_eq!(left, 0, "what was sealed for her opens nowhere, in no copy without these keys");
    assert!(accounts.sign_in(EVE, PASSWORD, HERE).await.is_ok(), "nobody else is touched");
    // The address is free again.
    assert!(sign_up(&accounts, ADA).await.0.id != ada.id);
    assert_eq!(accounts.erase_person(eve.id).await.unwrap().len(), 1);
});

db_test!(whoever_is_the_only_owner_among_others_gives_the_workspace_away_first, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let owner = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let admin = member(&accounts, ("acme", owner.workspace_id()), Role::Admin).await;
    let refused = accounts.erase_person(ada.id).await.unwrap_err();
    assert_eq!(refused.status(), 409);
    assert!(refused.to_string().contains("Acme"), "{refused}");
    assert!(accounts.find_person(ada.id).await.unwrap().is_some(), "nothing was removed");
    accounts.transfer_ownership(&owner, admin.user_id().unwrap()).await.unwrap();
    assert!(accounts.erase_person(ada.id).await.unwrap().is_empty());
    assert_eq!(accounts.whereabouts(owner.workspace_id()).await.unwrap(), Whereabouts::Here);
});

db_test!(the_only_administrator_stays_until_there_is_another, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let link = accounts.administrator_link().await.unwrap();
    accounts.become_administrator(ada.id, link.split_once("?link=").unwrap().1).await.unwrap();
    assert_eq!(accounts.erase_person(ada.id).await.unwrap_err().status(), 409);
    assert!(accounts.is_administrator(ada.id).await.unwrap());
});

db_test!(a_company_that_came_back_without_anybody_goes_again, |db: Db| {
    let accounts = accounts(&db).await;
    let (eve, _) = sign_up(&accounts, EVE).await;
    sign_up(&accounts, ADA).await;
    assert!(accounts.delete_due_workspaces().await.unwrap().is_empty());
    // As a backup leaves it, in which nobody reads Eve any more.
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("DELETE FROM users WHERE id = $1")
        .bind(eve.id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(accounts.delete_due_workspaces().await.unwrap().len(), 1);
    assert!(accounts.delete_due_workspaces().await.unwrap().is_empty());
});

db_test!(of_a_gift_and_a_farewell_at_once_the_workspace_keeps_an_owner, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, acme) = sign_up(&accounts, ADA).await;
    let bob = member(&accounts, ("acme", acme.id), Role::Member).await.user_id().unwrap();
    // What a gift does, held up before it counts.
    let mut gift = db.begin_everywhere().await.unwrap();
    for (text, id) in [
        ("UPDATE workspaces SET members_version = members_version + 1 WHERE id = $1", acme.id.uuid()),
        ("UPDATE memberships SET role = 'owner' WHERE user_id = $1", bob.uuid()),
        ("UPDATE memberships SET role = 'admin' WHERE user_id = $1", ada.id.uuid()),
    ] {
        on_tx!(&mut gift, |c| sqlx::query(text).bind(id).execute(c).await.map(|_| ())).unwrap();
    }
    let mut farewell = std::pin::pin!(accounts.erase_person(bob));
    let early = tokio::time::timeout(Duration::from_millis(200), &mut farewell).await;
    assert!(early.is_err(), "it waits for the gift: {early:?}");
    gift.commit().await.unwrap();
    assert_eq!(farewell.await.unwrap_err().status(), 409);
    assert_eq!(count(&db, "users").await, 2);
});

db_test!(of_a_farewell_and_a_gift_at_once_the_workspace_keeps_an_owner, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, acme) = sign_up(&accounts, ADA).await;
    let bob = member(&accounts, ("acme", acme.id), Role::Member).await.user_id().unwrap();
    let owner = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    // What a farewell does, held up before it counts.
    let mut farewell = db.begin_everywhere().await.unwrap();
    for (text, id) in [
        ("UPDATE workspaces SET members_version = members_version + 1 WHERE id = $1", acme.id.uuid()),
        ("DELETE FROM users WHERE id = $1", bob.uuid()),
    ] {
        on_tx!(&mut farewell, |c| sqlx::query(text).bind(id).execute(c).await.map(|_| ())).unwrap();
    }
    let mut gift = std::pin::pin!(accounts.transfer_ownership(&owner, bob));
    let early = tokio::time::timeout(Duration::from_millis(200), &mut gift).await;
    assert!(early.is_err(), "it waits for the farewell: {early:?}");
    farewell.commit().await.unwrap();
    assert_eq!(gift.await.unwrap_err().status(), 404);
    let members = accounts.list_members(&accounts.authorise(Some(ada.id), "acme").await.unwrap()).await;
    assert_eq!(members.unwrap().members.first().map(|member| member.role), Some(Role::Owner));
});
