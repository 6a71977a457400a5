//! What a rotation of the key ring leaves of the keys of before.

use std::collections::BTreeSet;

use accounts::{Attempt, NewInvitation, SEALED};
use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, sqlx};
use kernel::{Ambient, Role};
use platform::{Renewal, SEALED_MAILS, Vault, testing::ring};
use uuid::Uuid;

use crate::people::{PASSWORD, accounts, ambient, sign_up};

const ADA: &str = "ada@acme.example";
const HERE: Attempt = Attempt { address: None };
/// Sealed with what only the asking program knows, and with no key of the vault.
const OF_PROGRAMS: (&str, &str) = ("idempotency_keys", "answer_sealed");

/// Every table and column that holds bytes.
async fn columns_of_bytes(db: &Db) -> Vec<(String, String)> {
    let list = match db {
        Db::Sqlite { .. } => {
            "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND upper(columns.type) = 'BYTEA'"
        }
        Db::Postgres(_) => {
            "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
             WHERE table_schema = current_schema() AND data_type = 'bytea'"
        }
    };
    on_everywhere!(db, |c| sqlx::query_as(list).fetch_all(c).await).unwrap()
}

/// Where sealed values stand that name one of these keys.
async fn places_of(db: &Db, keys: &[Uuid]) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for (table, column) in columns_of_bytes(db).await {
        let select = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
        let values: Vec<Vec<u8>> =
            on_everywhere!(db, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(select.as_str()))
                .fetch_all(c)
                .await)
            .unwrap();
        let names =
            |value: &Vec<u8>| value.get(1..17).is_some_and(|id| keys.iter().any(|key| key.as_bytes() == id));
        if values.iter().any(names) {
            places.insert(format!("{table}.{column}"));
        }
    }
    places
}

async fn sealing_keys(db: &Db) -> Vec<Uuid> {
    let list = "SELECT id FROM data_keys WHERE purpose = 'seal'";
    on_everywhere!(db, |c| sqlx::query_scalar(list).fetch_all(c).await).unwrap()
}

db_test!(every_sealed_column_is_sealed_anew, |db: Db| {
    let sealed = columns_of_bytes(&db).await.into_iter().filter(|(_, column)| column.ends_with("sealed"));
    let known = SEALED.iter().chain([&SEALED_MAILS]).map(|column| (column.table, column.column));
    let known: BTreeSet<_> =
        known.chain([OF_PROGRAMS]).map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(sealed.map(|(table, column)| format!("{table}.{column}")).collect::<BTreeSet<_>>(), known);
});

db_test!(after_a_rotation_no_value_names_a_key_of_before_and_all_can_be_read, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let owner = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let invitation = NewInvitation::parse("eve@other.example", Role::Viewer.key()).unwrap();
    accounts.invite(&owner, invitation).await.unwrap();
    accounts.request_reset(ADA, HERE).await.unwrap();
    let first = accounts.begin_tokens(ada.id, "Program").await.unwrap();
    let second = accounts.refresh(&first.refresh_token, "Program").await.unwrap();
    let old = sealing_keys(&db).await;
    let all: BTreeSet<_> = SEALED
        .iter()
        .chain([&SEALED_MAILS])
        .map(|column| format!("{}.{}", column.table, column.column))
        .collect();
    assert_eq!(places_of(&db, &old).await, all);

    let mut grown = ring();
    grown.grow(&Ambient::system());
    let after = ambient(TimeDelta::seconds(1));
    let vault = Vault::open_with(db.clone(), after.clone(), grown).await.unwrap();
    let columns = SEALED.into_iter().chain([SEALED_MAILS]).collect();
    Renewal::new(vault.clone(), columns).round(|_| ()).await.unwrap();
    assert_eq!(places_of(&db, &old).await, BTreeSet::new());

    let accounts = ::accounts::testing::accounts_with(&db, &after, vault);
    assert_eq!(accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap().email, ADA);
    let members = accounts.list_members(&owner).await.unwrap();
    assert_eq!(members.invitations[0].email.as_deref(), Some("eve@other.example"));
    let again = accounts.refresh(&first.refresh_token, "Program").await.unwrap();
    assert_eq!(again.refresh_token, second.refresh_token, "the successor is the same");
    assert!(accounts.person_of_access(&second.access_token).await.is_ok());
});
