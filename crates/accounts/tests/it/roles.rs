//! Who may act where.

use accounts::CompanyProfile;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{AppError, Currency, Permission, Role, WorkspaceId};

use crate::people::{accounts, count, member, sign_up};

/// What a stranger is told of a workspace that is not there.
fn unknown() -> AppError {
    AppError::not_found("workspace")
}

async fn add_demo(db: &Db) -> String {
    let accounts = accounts(db).await;
    let profile = CompanyProfile {
        name: "Northlight".to_owned(),
        industry: None,
        stage: None,
        country: None,
        currency: Currency::Usd,
        founded_year: None,
        headcount: None,
        shares_with_peers: true,
    };
    let mut tx = db.begin_everywhere().await.unwrap();
    accounts.insert_synthetic(&mut tx, &profile).await.unwrap();
    tx.commit().await.unwrap();
    accounts.find_demo().await.unwrap().unwrap().slug
}

async fn id_of(db: &Db, owner: kernel::UserId, slug: &str) -> WorkspaceId {
    accounts(db).await.workspace_view(Some(owner), slug).await.unwrap().id
}

db_test!(strangers_cannot_tell_a_workspace_from_one_that_is_not_there, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, "ada@acme.example").await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    for slug in ["acme", "nothing-here"] {
        assert_eq!(accounts.authorise(Some(eve.id), slug).await.unwrap_err(), unknown());
        assert_eq!(accounts.workspace_view(Some(eve.id), slug).await.unwrap_err(), unknown());
        assert_eq!(accounts.authorise(None, slug).await.unwrap_err(), AppError::Unauthenticated);
        assert_eq!(accounts.workspace_view(None, slug).await.unwrap_err(), AppError::Unauthenticated);
    }
});

db_test!(everyone_looks_at_a_synthetic_workspace_and_nobody_changes_it, |db: Db| {
    let accounts = accounts(&db).await;
    let demo = add_demo(&db).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    for visitor in [None, Some(eve.id)] {
        let actor = accounts.authorise(visitor, &demo).await.unwrap();
        assert_eq!((actor.role(), actor.user_id()), (Role::Viewer, None));
        assert!(accounts.is_synthetic(&actor).await.unwrap());
        assert!(actor.require(Permission::ManageData).is_err());
        assert!(accounts.workspace_view(visitor, &demo).await.unwrap().workspace.is_synthetic);
    }
});

db_test!(a_role_is_the_one_that_the_database_holds_at_that_moment, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let acme = id_of(&db, ada.id, "acme").await;
    for role in Role::ALL {
        accounts.put_member(acme, eve.id, role).await.unwrap();
        assert_eq!(accounts.authorise(Some(eve.id), "acme").await.unwrap().role(), role);
    }
    assert_eq!(count(&db, "memberships").await, 3, "a person has one role in a workspace");
    assert_eq!(accounts.list_workspaces(eve.id).await.unwrap().len(), 2);
});

db_test!(whoever_belongs_to_one_workspace_need_not_name_it, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let acme = id_of(&db, ada.id, "acme").await;
    let named = async || accounts.authorise(Some(ada.id), "acme").await.unwrap();
    for role in Role::ALL {
        accounts.put_member(acme, ada.id, role).await.unwrap();
        assert_eq!(accounts.authorise_in_only(ada.id).await.unwrap(), Some(named().await), "{role:?}");
    }
    accounts.put_member(acme, eve.id, Role::Owner).await.unwrap();
    accounts.put_member(acme, ada.id, Role::Analyst).await.unwrap();
    let eve_there = accounts.authorise(Some(eve.id), "acme").await.unwrap();
    accounts.trust_with_personal_data(&eve_there, ada.id, true).await.unwrap();
    let trusted = accounts.authorise_in_only(ada.id).await.unwrap().unwrap();
    assert_eq!((&trusted, trusted.may(Permission::ReadPersonalData)), (&named().await, true));

    assert_eq!(accounts.authorise_in_only(eve.id).await.unwrap(), None, "of two, one has to be named");
    accounts.remove_member(&eve_there, ada.id).await.unwrap();
    assert_eq!(accounts.authorise_in_only(ada.id).await.unwrap_err(), unknown());
});

db_test!(a_role_that_there_is_not_opens_nothing, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let mut tx = db.begin_everywhere().await.unwrap();
    let sql = "UPDATE memberships SET role = $1";
    on_tx!(&mut tx, |c| sqlx::query(sql).bind("auditor").execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(accounts.authorise(Some(ada.id), "acme").await.unwrap_err(), unknown());
    assert_eq!(accounts.authorise_in_only(ada.id).await.unwrap_err(), unknown());
});

db_test!(the_frame_of_a_page_tells_who_looks_and_where_else_they_belong, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let acme = id_of(&db, ada.id, "acme").await;
    let actor = member(&accounts, ("acme", acme), Role::Analyst).await;
    let view = accounts.workspace_view(actor.user_id(), "acme").await.unwrap();
    assert_eq!((view.role, view.others.len()), (Role::Analyst, 2));
    assert_eq!(view.person.unwrap().email, "analyst@acme.example");
});

db_test!(removing_the_demo_removes_no_real_workspace, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, "ada@acme.example").await;
    let demo = add_demo(&db).await;
    assert_eq!(accounts.remove_synthetic().await.unwrap(), 1);
    assert_eq!(accounts.find_demo().await.unwrap(), None);
    assert_eq!(accounts.authorise(None, &demo).await.unwrap_err(), AppError::Unauthenticated);
    assert_eq!(count(&db, "workspaces").await, 1);
    assert_eq!(accounts.remove_synthetic().await.unwrap(), 0);
});

db_test!(a_synthetic_company_never_counts_among_those_that_share, |db: Db| {
    add_demo(&db).await;
    assert!(accounts(&db).await.list_sharing().await.unwrap().is_empty());
});
