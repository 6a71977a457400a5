//! Signing in with a provider's word.

use accounts::{Attempt, GoogleIdentity};
use db::db_test;
use kernel::{AppError, Role};

use crate::people::{accounts, count, sign_up};

fn identity(subject: &str, email: &str) -> GoogleIdentity {
    GoogleIdentity {
        issuer: "https://accounts.google.com".to_owned(),
        subject: subject.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        display_name: Some("Ada Moreau".to_owned()),
    }
}

db_test!(a_stranger_gets_a_workspace_of_their_own, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = accounts.sign_in_with_google(identity("1", "Ada@Acme.Example")).await.unwrap();
    assert_eq!((ada.email.as_str(), ada.display_name.as_str()), ("ada@acme.example", "Ada Moreau"));
    let workspaces = accounts.list_workspaces(ada.id).await.unwrap();
    let actor = accounts.authorise(Some(ada.id), &workspaces[0].slug).await.unwrap();
    assert_eq!((workspaces.len(), actor.role()), (1, Role::Owner));
});

db_test!(the_second_sign_in_finds_the_same_person_whatever_the_address_is_by_then, |db: Db| {
    let accounts = accounts(&db).await;
    let first = accounts.sign_in_with_google(identity("1", "ada@acme.example")).await.unwrap();
    let renamed = GoogleIdentity { email_verified: false, ..identity("1", "ada@married.example") };
    assert_eq!(accounts.sign_in_with_google(renamed).await.unwrap(), first);
    assert_eq!((count(&db, "users").await, count(&db, "workspaces").await), (1, 1));
});

db_test!(an_address_that_the_provider_has_not_verified_is_refused, |db: Db| {
    let unverified = GoogleIdentity { email_verified: false, ..identity("1", "ada@acme.example") };
    let refused = accounts(&db).await.sign_in_with_google(unverified).await.unwrap_err();
    assert!(matches!(refused, AppError::Forbidden { .. }));
    assert_eq!(count(&db, "users").await, 0);
});

db_test!(what_is_no_address_is_refused, |db: Db| {
    for address in ["", "ada", "ada@acme", "a b@acme.example"] {
        let refused = accounts(&db).await.sign_in_with_google(identity("1", address)).await.unwrap_err();
        assert!(matches!(refused, AppError::Forbidden { .. }), "{address}");
    }
    assert_eq!(count(&db, "users").await, 0);
});

db_test!(an_account_with_a_password_is_never_taken_over, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let refused = accounts.sign_in_with_google(identity("1", "ada@acme.example")).await.unwrap_err();
    assert!(matches!(refused, AppError::Conflict { .. }));
    assert_eq!((count(&db, "users").await, count(&db, "user_identities").await), (1, 0));
    assert_eq!(accounts.find_person(ada.id).await.unwrap().unwrap(), ada);
});

db_test!(another_subject_with_a_known_address_is_another_person, |db: Db| {
    let accounts = accounts(&db).await;
    accounts.sign_in_with_google(identity("1", "ada@acme.example")).await.unwrap();
    let refused = accounts.sign_in_with_google(identity("2", "ada@acme.example")).await.unwrap_err();
    assert!(matches!(refused, AppError::Conflict { .. }));
});

db_test!(an_account_without_a_password_cannot_be_signed_in_to_with_one, |db: Db| {
    let accounts = accounts(&db).await;
    accounts.sign_in_with_google(identity("1", "ada@acme.example")).await.unwrap();
    let here = || Attempt { address: None };
    let refused = accounts.sign_in("ada@acme.example", "", here()).await.unwrap_err();
    assert_eq!(refused, accounts.sign_in("nobody@acme.example", "", here()).await.unwrap_err());
});

db_test!(a_name_from_the_provider_is_kept_to_what_a_form_would_take, |db: Db| {
    let accounts = accounts(&db).await;
    let name = format!(" Ada\r\n\u{1b}[31m{}", "x".repeat(5000));
    let named = GoogleIdentity { display_name: Some(name), ..identity("1", "ada@acme.example") };
    let ada = accounts.sign_in_with_google(named).await.unwrap();
    assert!(ada.display_name.starts_with("Ada"));
    assert!(ada.display_name.chars().count() <= 80 && !ada.display_name.chars().any(char::is_control));
    let company = &accounts.list_workspaces(ada.id).await.unwrap()[0];
    // It can outlive the person, who can give it away and go.
    assert!(!format!("{} {}", company.name, company.slug).to_lowercase().contains("ada"), "{company:?}");
});
