//! Keys, messages and a Redis for tests of the capabilities.

mod redis_server;

use std::path::Path;

use db::Db;
use kernel::Ambient;

pub use redis_server::RedisServer;

use crate::{Cache, Jobs, KeyRing, Limits, Mailer, Networks, Transport, Vault};

/// The same ring for every service of a test; never for real data.
#[expect(clippy::expect_used, reason = "a test that has no keys has to fail loudly")]
pub fn ring() -> KeyRing {
    let text = "[keys]\n1 = \"dGhpcyByaW5nIGlzIGtub3duIHRvIGV2ZXJ5Ym9keSE=\"";
    KeyRing::parse(text, "the ring of the tests").expect("the ring of the tests")
}

/// A vault over `db`.
#[expect(clippy::expect_used, reason = "a test that has no keys has to fail loudly")]
pub async fn vault(db: &Db, ambient: &Ambient) -> Vault {
    Vault::open_with(db.clone(), ambient.clone(), ring()).await.expect("the vault of the tests")
}

/// Limits that no test reaches.
#[expect(clippy::expect_used, reason = "a test whose limits cannot be read has to fail loudly")]
pub fn limits() -> Limits {
    let pace = "100000/s".parse().expect("the pace of the tests");
    Limits::new(|_| pace, Networks::default())
}

/// Writes messages to files in `folder`.
#[expect(clippy::expect_used, reason = "a test that sends no messages has to fail loudly")]
pub fn mailer(db: &Db, ambient: &Ambient, vault: &Vault, folder: &Path) -> Mailer {
    let jobs = Jobs::new(db.clone(), ambient.clone());
    let from = "Quartile <quartile@localhost>".parse().expect("the sender of the tests");
    let transport = Transport::Folder(folder.to_owned());
    Mailer::new((db.clone(), ambient.clone()), vault.clone(), jobs, (transport, from))
}

/// Eight megabytes of memory for what is computed, shared with nobody.
pub fn cache(ambient: &Ambient) -> Cache {
    Cache::new(8 * 1024 * 1024, None, ambient.clone())
}
