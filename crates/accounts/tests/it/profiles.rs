//! The company profile.

use accounts::{Accounts, CompanyProfile, Industry, ProfileInput, Stage};
use db::{db_test, on_everywhere, sqlx};
use kernel::{Actor, AppError, Currency, Role};

use crate::people::{accounts, member, sign_up};

fn input() -> ProfileInput {
    ProfileInput {
        name: "Acme Analytics".to_owned(),
        industry: "software".to_owned(),
        stage: "seed".to_owned(),
        country: "FR".to_owned(),
        currency: "EUR".to_owned(),
        founded: "2021".to_owned(),
        headcount: "1,200".to_owned(),
        shares_with_peers: "on".to_owned(),
    }
}

async fn owner(accounts: &Accounts) -> Actor {
    let (ada, _) = sign_up(accounts, "owner@acme.example").await;
    accounts.authorise(Some(ada.id), "acme").await.unwrap()
}

db_test!(a_saved_profile_reads_as_it_was_typed, |db: Db| {
    let accounts = accounts(&db).await;
    let owner = owner(&accounts).await;
    accounts.save_profile(&owner, &input()).await.unwrap();
    let saved = CompanyProfile {
        name: "Acme Analytics".to_owned(),
        industry: Some(Industry::Software),
        stage: Some(Stage::Seed),
        country: Some("FR".to_owned()),
        currency: Currency::Eur,
        founded_year: Some(2021),
        headcount: Some(1200),
        shares_with_peers: true,
    };
    assert_eq!(accounts.profile(&owner).await.unwrap(), saved);
    let view = accounts.workspace_view(owner.user_id(), "acme").await.unwrap();
    assert_eq!(
        (view.workspace.name.as_str(), view.currency),
        ("Acme Analytics", Currency::Eur),
        "the address stays"
    );
    assert_eq!(accounts.list_sharing().await.unwrap(), [view.id]);
});

db_test!(what_is_left_empty_is_unknown_and_not_nought, |db: Db| {
    let accounts = accounts(&db).await;
    let owner = owner(&accounts).await;
    accounts.save_profile(&owner, &input()).await.unwrap();
    let bare =
        ProfileInput { name: "Acme".to_owned(), currency: "USD".to_owned(), ..ProfileInput::default() };
    accounts.save_profile(&owner, &bare).await.unwrap();
    let profile = accounts.profile(&owner).await.unwrap();
    assert_eq!((profile.industry, profile.stage, profile.country), (None, None, None));
    assert_eq!((profile.founded_year, profile.headcount, profile.shares_with_peers), (None, None, false));
    assert!(accounts.list_sharing().await.unwrap().is_empty());
});

db_test!(owners_and_admins_save_the_profile_and_nobody_else_does, |db: Db| {
    let accounts = accounts(&db).await;
    let owner = owner(&accounts).await;
    let before = accounts.profile(&owner).await.unwrap();
    let acme = accounts.workspace_view(owner.user_id(), "acme").await.unwrap().id;
    for role in [Role::Viewer, Role::Member, Role::Analyst] {
        let actor = member(&accounts, ("acme", acme), role).await;
        let refused = accounts.save_profile(&actor, &input()).await.unwrap_err();
        assert!(matches!(refused, AppError::Forbidden { .. }), "{role:?}");
        assert_eq!(accounts.profile(&actor).await.unwrap(), before, "{role:?}");
    }
    let saved = "SELECT actor, detail FROM audit_events WHERE action = 'profile.saved' ORDER BY seq";
    let noted = async || -> Vec<(String, String)> {
        on_everywhere!(&db, |c| sqlx::query_as(saved).fetch_all(c).await).unwrap()
    };
    assert_eq!(noted().await, []);

    let admin = member(&accounts, ("acme", acme), Role::Admin).await;
    accounts.save_profile(&admin, &input()).await.unwrap();
    let other = ProfileInput { name: "Acme Rockets".to_owned(), headcount: "9".to_owned(), ..input() };
    accounts.save_profile(&admin, &other).await.unwrap();
    let first = "name changed; industry: none → software; stage: none → seed; country: none → FR; currency: USD → EUR; founded: none → 2021; headcount: none → 1200; shares with peers: no → yes";
    let details = [first, "name changed; headcount: 1200 → 9"];
    assert_eq!(noted().await, details.map(|detail| (admin.name(), detail.to_owned())));
});

db_test!(a_wrong_field_saves_nothing_of_the_others, |db: Db| {
    let accounts = accounts(&db).await;
    let owner = owner(&accounts).await;
    let before = accounts.profile(&owner).await.unwrap();
    let wrong = ProfileInput { founded: "2027".to_owned(), headcount: "-3".to_owned(), ..input() };
    let refused = accounts.save_profile(&owner, &wrong).await.unwrap_err();
    let fields: Vec<&str> = refused.fields().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["founded", "headcount"]);
    assert_eq!(accounts.profile(&owner).await.unwrap(), before);
});
