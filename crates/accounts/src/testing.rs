//! The service for tests of the capabilities that build on it.

use chrono::TimeDelta;
use db::Db;
use kernel::Ambient;
use platform::{Jobs, Vault};

use crate::{AccountRules, Accounts};

/// What tests decide about accounts: no confirmation of addresses, half an hour of idleness, twelve hours at most.
pub fn rules() -> AccountRules {
    AccountRules {
        base_url: "http://localhost:3000".to_owned(),
        confirms_addresses: false,
        session_idle: TimeDelta::minutes(30),
        session_life: TimeDelta::hours(12),
    }
}

/// The service over `db`; its messages become files in a folder of the machine's temporary one.
pub async fn accounts(db: &Db, ambient: &Ambient) -> Accounts {
    accounts_with(db, ambient, platform::testing::vault(db, ambient).await)
}

/// The same with another vault.
pub fn accounts_with(db: &Db, ambient: &Ambient, vault: Vault) -> Accounts {
    let folder = std::env::temp_dir().join("quartile-test-mail");
    let mailer = platform::testing::mailer(db, ambient, &vault, &folder);
    let jobs = Jobs::new(db.clone(), ambient.clone());
    Accounts::new(
        (db.clone(), ambient.clone()),
        vault,
        (jobs, mailer),
        (rules(), platform::testing::limits()),
    )
}
