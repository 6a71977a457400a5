//! Workspaces that people make after their first.

use accounts::{Accounts, RecordsInput};
use chrono::TimeDelta;
use db::{db_test, on_tx, sqlx};
use kernel::{AppError, Role, UserId};

use crate::people::{accounts, accounts_at, count, sign_up};

const ADA: &str = "ada@acme.example";

/// Makes workspaces until the person owns so many.
async fn own(accounts: &Accounts, person: UserId, wanted: usize) {
    for number in accounts.list_workspaces(person).await.unwrap().len()..wanted {
        accounts.create_workspace(person, &format!("Birch {number}")).await.unwrap();
    }
}

db_test!(whoever_makes_another_workspace_owns_it_and_its_log_begins_with_that, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, acme) = sign_up(&accounts, ADA).await;
    let birch = accounts.create_workspace(ada.id, " Birch Works ").await.unwrap();
    assert_eq!(
        (birch.slug.as_str(), birch.name.as_str(), birch.is_synthetic),
        ("birch-works", "Birch Works", false)
    );
    let actor = accounts.authorise(Some(ada.id), "birch-works").await.unwrap();
    assert_eq!(actor.role(), Role::Owner);
    let profile = accounts.profile(&actor).await.unwrap();
    assert_eq!((profile.name.as_str(), profile.shares_with_peers), ("Birch Works", false));
    let lines = accounts.records(&actor, &RecordsInput::default(), 10).await.unwrap().lines;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((lines[0].action.as_str(), lines[0].who.as_str()), ("workspace.created", "Ada Moreau"));
    assert_eq!(accounts.list_workspaces(ada.id).await.unwrap(), [acme, birch]);
});

db_test!(a_workspace_of_a_name_that_is_taken_gets_another_address, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, acme) = sign_up(&accounts, ADA).await;
    let second = accounts.create_workspace(ada.id, "Acme").await.unwrap();
    assert_eq!(second.name, acme.name);
    assert!(second.slug.starts_with("acme-"), "{}", second.slug);
});

db_test!(a_workspace_needs_a_name_as_at_sign_up_and_a_refusal_leaves_nothing_behind, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    for name in ["", "  ", "Birch\nWorks", &"b".repeat(81)] {
        let refused = accounts.create_workspace(ada.id, name).await.unwrap_err();
        assert_eq!((refused.status(), refused.fields()[0].field.as_str()), (422, "name"), "{name:?}");
    }
    for table in ["workspaces", "memberships", "company_profiles"] {
        assert_eq!(count(&db, table).await, 1, "{table}");
    }
});

db_test!(nobody_makes_more_than_twenty_workspaces_unless_one_is_given_away, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    own(&accounts, ada.id, 20).await;
    let refused = accounts.create_workspace(ada.id, "Cedar").await.unwrap_err();
    let sentence = refused.to_string();
    assert!(matches!(refused, AppError::Conflict { .. }) && sentence.contains("20"), "{sentence}");
    assert_eq!(count(&db, "workspaces").await, 21);

    let acme = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    accounts.put_member(acme.workspace_id(), eve.id, Role::Viewer).await.unwrap();
    accounts.transfer_ownership(&acme, eve.id).await.unwrap();
    // She belongs to it still, and owns one less.
    accounts.create_workspace(ada.id, "Cedar").await.unwrap();
    assert!(accounts.create_workspace(ada.id, "Douglas").await.is_err());
});

db_test!(of_two_that_would_be_the_twentieth_one_is_made, |db: Db| {
    let (one, other) = (accounts(&db).await, accounts_at(&db, TimeDelta::seconds(1)).await);
    let (ada, _) = sign_up(&one, ADA).await;
    own(&one, ada.id, 19).await;
    let (first, second) =
        tokio::join!(one.create_workspace(ada.id, "Cedar"), other.create_workspace(ada.id, "Douglas"));
    assert!(first.is_ok() != second.is_ok());
    assert_eq!(first.err().or(second.err()).unwrap().status(), 409);
});

db_test!(whoever_left_every_workspace_makes_one_of_their_own, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let acme = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    accounts.put_member(acme.workspace_id(), eve.id, Role::Owner).await.unwrap();
    accounts.remove_member(&acme, ada.id).await.unwrap();
    assert!(accounts.list_workspaces(ada.id).await.unwrap().is_empty());
    let birch = accounts.create_workspace(ada.id, "Birch").await.unwrap();
    assert_eq!(accounts.list_workspaces(ada.id).await.unwrap(), [birch]);
});

db_test!(nobody_who_is_kept_out_or_gone_makes_a_workspace, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    accounts.erase_person(eve.id).await.unwrap();
    let mut tx = db.begin_everywhere().await.unwrap();
    let sql = "UPDATE users SET deactivated_at = created_at";
    on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    for person in [ada.id, eve.id] {
        let refused = accounts.create_workspace(person, "Birch").await.unwrap_err();
        assert_eq!(refused, AppError::Unauthenticated);
    }
});
