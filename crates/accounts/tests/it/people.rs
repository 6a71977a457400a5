//! People to sign up, at a moment of the test's choice.

use accounts::{Accounts, NewPerson, Person, WorkspaceSummary};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, on_everywhere, sqlx};
use kernel::{Actor, Ambient, Role, WorkspaceId};

pub(crate) const PASSWORD: &str = "seven wet ducks on a wall";

/// Saturday, 3 October 2026, nine o'clock.
pub(crate) fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_791_018_000, 0).unwrap()
}

/// The clock standing so much after nine; another moment gives other ids.
pub(crate) fn ambient(after_nine: TimeDelta) -> Ambient {
    Ambient::fixed(nine() + after_nine, after_nine.num_milliseconds().unsigned_abs())
}

/// The service at nine.
pub(crate) async fn accounts(db: &Db) -> Accounts {
    accounts_at(db, TimeDelta::zero()).await
}

/// The service so much after nine.
pub(crate) async fn accounts_at(db: &Db, after_nine: TimeDelta) -> Accounts {
    ::accounts::testing::accounts(db, &ambient(after_nine)).await
}

/// Someone with that address whose company is called Acme.
pub(crate) fn person(email: &str) -> NewPerson {
    NewPerson::parse("Ada Moreau", email, "Acme", PASSWORD).unwrap()
}

/// Signs someone up with that address.
pub(crate) async fn sign_up(accounts: &Accounts, email: &str) -> (Person, WorkspaceSummary) {
    accounts.sign_up(person(email)).await.unwrap()
}

/// Someone with that role in the workspace of `owner@acme.example`.
pub(crate) async fn member(accounts: &Accounts, workspace: (&str, WorkspaceId), role: Role) -> Actor {
    let (person, _) = sign_up(accounts, &format!("{}@acme.example", role.key())).await;
    accounts.put_member(workspace.1, person.id, role).await.unwrap();
    accounts.authorise(Some(person.id), workspace.0).await.unwrap()
}

/// How many rows a table has.
pub(crate) async fn count(db: &Db, table: &str) -> i64 {
    let sql = || sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
    on_everywhere!(db, |c| sqlx::query_scalar(sql()).fetch_one(c).await).unwrap()
}
