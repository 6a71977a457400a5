//! Accounts and passwords that are asked for with an address.

use std::{path::Path, sync::Arc};

use accounts::{AccountRequestJob, AccountRules, Accounts, Attempt};
use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, on_tx, sqlx};
use platform::{JobHandler, Jobs, Limits, Networks, SendMailJob};

use crate::people::{PASSWORD, ambient, count, person, sign_up};

const ADA: &str = "ada@acme.example";
const NEW_PASSWORD: &str = "nine dry geese in a field";
const HERE: Attempt = Attempt { address: None };

/// An instance with a mail server, so much after nine; what it sends lies in `folder`.
pub(crate) struct Instance {
    pub(crate) accounts: Accounts,
    jobs: Jobs,
    handlers: [Arc<dyn JobHandler>; 2],
    folder: Arc<tempfile::TempDir>,
}

impl Instance {
    pub(crate) async fn new(db: &Db) -> Self {
        Self::with(db, platform::testing::limits()).await
    }

    async fn with(db: &Db, limits: Limits) -> Self {
        Self::at((db, limits), TimeDelta::zero(), Arc::new(tempfile::tempdir().unwrap())).await
    }

    pub(crate) async fn later(&self, db: &Db, after_nine: TimeDelta) -> Self {
        Self::at((db, platform::testing::limits()), after_nine, self.folder.clone()).await
    }

    async fn at((db, limits): (&Db, Limits), after_nine: TimeDelta, folder: Arc<tempfile::TempDir>) -> Self {
        let ambient = ambient(after_nine);
        let vault = platform::testing::vault(db, &ambient).await;
        let mailer = platform::testing::mailer(db, &ambient, &vault, folder.path());
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let rules = AccountRules { confirms_addresses: true, ..accounts::testing::rules() };
        let accounts =
            Accounts::new((db.clone(), ambient), vault, (jobs.clone(), mailer.clone()), (rules, limits));
        let handlers: [Arc<dyn JobHandler>; 2] =
            [Arc::new(AccountRequestJob(accounts.clone())), Arc::new(SendMailJob(mailer))];
        Self { accounts, jobs, handlers, folder }
    }

    /// Carries out what waits, and takes the messages out of the folder.
    pub(crate) async fn mails(&self) -> Vec<String> {
        while self.jobs.run_next(&self.handlers).await.unwrap() {}
        take_mails(self.folder.path())
    }

    /// The secret of the link in the one message that waits.
    async fn link(&self) -> String {
        let mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        link_in(&mails[0])
    }
}

fn take_mails(folder: &Path) -> Vec<String> {
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::remove_file(file).unwrap();
            text
        })
        .collect()
}

fn link_in(mail: &str) -> String {
    // Long lines are folded with "=" at their end, and "=" itself is written "=3D".
    let text = mail.replace("=\r\n", "").replace("=3D", "=");
    let secret = text.split("?link=").nth(1).unwrap_or_else(|| panic!("no link in {mail}"));
    secret.split_whitespace().next().unwrap().to_owned()
}

db_test!(an_account_is_made_once_its_address_is_confirmed, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    assert_eq!(count(&db, "users").await, 0);
    assert!(instance.accounts.sign_in(ADA, PASSWORD, HERE).await.is_err());

    let link = instance.link().await;
    let (ada, workspace) = instance.accounts.confirm_sign_up(&link).await.unwrap();
    assert_eq!((ada.email.as_str(), workspace.slug.as_str()), (ADA, "acme"));
    assert_eq!(instance.accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap(), ada);
    assert!(instance.accounts.account_view(ada.id, None).await.unwrap().is_confirmed);
    assert_eq!(instance.accounts.confirm_sign_up(&link).await.unwrap_err().status(), 409);
});

db_test!(a_known_address_is_answered_alike_and_told_by_a_message, |db: Db| {
    let instance = Instance::new(&db).await;
    sign_up(&instance.accounts, ADA).await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    let mails = instance.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("already") && !mails[0].contains("?link"), "{}", mails[0]);
    assert_eq!((count(&db, "users").await, count(&db, "account_requests").await), (1, 0));
});

db_test!(of_two_sign_ups_with_one_address_the_first_that_is_confirmed_counts, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    let first = instance.link().await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    let second = instance.link().await;
    instance.accounts.confirm_sign_up(&second).await.unwrap();
    assert_eq!(instance.accounts.confirm_sign_up(&first).await.unwrap_err().status(), 409);
    assert_eq!((count(&db, "users").await, count(&db, "workspaces").await), (1, 1));
});

db_test!(nobody_is_written_to_again_and_again_and_asking_does_not_tell, |db: Db| {
    let instance = Instance::with(&db, Limits::new(|_| "2/h".parse().unwrap(), Networks::default())).await;
    sign_up(&instance.accounts, ADA).await;
    for asked in 1..=4 {
        instance.accounts.request_sign_up(person(ADA)).await.unwrap();
        // The same is kept for later, however often the address was asked with.
        assert_eq!(count(&db, "account_requests").await, 1, "{asked}");
        assert_eq!(instance.mails().await.len(), usize::from(asked <= 2), "{asked}");
        assert_eq!(count(&db, "account_requests").await, 0, "{asked}");
    }
});

db_test!(an_answer_that_is_repeated_writes_no_second_message_and_keeps_the_link_of_the_first, |db: Db| {
    let instance = Instance::with(&db, Limits::new(|_| "1/h".parse().unwrap(), Networks::default())).await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    let link = instance.link().await;
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE jobs SET state = 'queued', attempts = 0 WHERE kind = 'accounts.request'"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(instance.mails().await, Vec::<String>::new());
    assert_eq!(instance.accounts.confirm_sign_up(&link).await.unwrap().0.email, ADA);
});

db_test!(a_link_ends_after_its_time, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.accounts.request_sign_up(person(ADA)).await.unwrap();
    let link = instance.link().await;
    let later = instance.later(&db, TimeDelta::hours(24)).await;
    assert_eq!(later.accounts.confirm_sign_up(&link).await.unwrap_err().status(), 409);
    later.accounts.sweep_requests().await.unwrap();
    assert_eq!(count(&db, "mail_links").await, 0);
});

db_test!(a_forgotten_password_is_replaced_and_every_session_ends, |db: Db| {
    let instance = Instance::new(&db).await;
    let (ada, _) = sign_up(&instance.accounts, ADA).await;
    instance.accounts.request_reset(" Ada@ACME.example", HERE).await.unwrap();
    let link = instance.link().await;

    let refused = instance.accounts.reset_password(&link, "short").await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "password");
    instance.accounts.reset_password(&link, NEW_PASSWORD).await.unwrap();
    assert!(instance.accounts.sign_in(ADA, PASSWORD, HERE).await.is_err());
    assert_eq!(instance.accounts.sign_in(ADA, NEW_PASSWORD, HERE).await.unwrap(), ada);
    assert!(instance.mails().await[0].contains("was changed"));
    assert_eq!(instance.accounts.reset_password(&link, PASSWORD).await.unwrap_err().status(), 409);
});

db_test!(where_addresses_are_confirmed_nobody_makes_a_workspace_without_that, |db: Db| {
    let instance = Instance::new(&db).await;
    // From before the operator set up mail.
    let (ada, _) = sign_up(&instance.accounts, ADA).await;
    assert_eq!(instance.accounts.create_workspace(ada.id, "Birch").await.unwrap_err().status(), 403);
    assert_eq!(count(&db, "workspaces").await, 1);
    instance.accounts.request_reset(ADA, HERE).await.unwrap();
    let link = instance.link().await;
    instance.accounts.reset_password(&link, NEW_PASSWORD).await.unwrap();
    instance.accounts.create_workspace(ada.id, "Birch").await.unwrap();
});

db_test!(a_link_is_good_for_its_purpose_alone, |db: Db| {
    let instance = Instance::new(&db).await;
    sign_up(&instance.accounts, ADA).await;
    instance.accounts.request_reset(ADA, HERE).await.unwrap();
    let reset = instance.link().await;
    assert_eq!(instance.accounts.confirm_sign_up(&reset).await.unwrap_err().status(), 409);
    assert_eq!(instance.accounts.reset_password("", NEW_PASSWORD).await.unwrap_err().status(), 409);
});

db_test!(an_unknown_address_gets_no_message, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.accounts.request_reset("nobody@acme.example", HERE).await.unwrap();
    assert_eq!(instance.mails().await, Vec::<String>::new());
    assert_eq!(count(&db, "account_requests").await, 0);
    let refused = instance.accounts.request_reset("nobody", HERE).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "email");
});

db_test!(neither_addresses_nor_links_nor_names_of_the_asking_can_be_read_in_the_database, |db: Db| {
    let instance = Instance::new(&db).await;
    sign_up(&instance.accounts, ADA).await;
    instance.accounts.request_sign_up(person("eve@acme.example")).await.unwrap();
    instance.accounts.request_reset(ADA, HERE).await.unwrap();
    let before = everything(&db).await;
    let mails = instance.mails().await;
    assert_eq!(mails.len(), 2);
    let text = before + &everything(&db).await;
    for secret in [ADA, "eve@acme", "acme.example", &link_in(&mails[0]), &link_in(&mails[1])] {
        assert!(!text.contains(secret), "{secret}");
    }
});

/// Every row that may hold something personal, as text.
async fn everything(db: &Db) -> String {
    let mut text = String::new();
    for (table, columns) in [
        ("users", "email_index || ' ' || display_name"),
        ("account_requests", "kind"),
        ("jobs", "kind || ' ' || payload || ' ' || COALESCE(last_error, '')"),
        ("mail_links", "purpose"),
    ] {
        let sql = || sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table}"));
        let rows: Vec<String> = on_everywhere!(db, |c| sqlx::query_scalar(sql()).fetch_all(c).await).unwrap();
        text += &rows.join("\n");
    }
    for (table, column) in [
        ("users", "email_sealed"),
        ("account_requests", "sealed"),
        ("mails", "sealed"),
        ("mail_links", "secret_hash"),
    ] {
        let sql = || sqlx::AssertSqlSafe(format!("SELECT {column} FROM {table}"));
        let rows: Vec<Vec<u8>> =
            on_everywhere!(db, |c| sqlx::query_scalar(sql()).fetch_all(c).await).unwrap();
        text += &rows.iter().map(|row| String::from_utf8_lossy(row)).collect::<Vec<_>>().join("\n");
    }
    text
}
