//! Use cases of people and workspaces.

mod authority;
mod profile;
mod session_rows;
mod sign_in;
mod synthetic;

pub use session_rows::SessionRows;
pub use sign_in::{Attempt, GoogleIdentity};

use db::Db;
use kernel::Ambient;

use crate::engine::Passwords;

/// People, workspaces, roles and profiles.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    ambient: Ambient,
    passwords: Passwords,
}

impl Accounts {
    /// The service over `db`.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, passwords: Passwords::new(ambient.clone()), ambient }
    }
}
