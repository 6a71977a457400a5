//! Nothing opens but what was sealed, with its key, in its place.

use chrono::DateTime;
use db::testing::TestDb;
use kernel::{Ambient, UserId, WorkspaceId};
use platform::{Owner, Place, Vault, open_under, seal_under, testing};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const TEXT: &str = "ada@acme.example";
const TABLES: [&str; 3] = ["users", "user", "guests"];
const COLUMNS: [&str; 3] = ["email", "semail", "phone"];
const KEY: [u8; 32] = [7; 32];

/// A vault with one sealed value.
pub(crate) struct Safe {
    runtime: Runtime,
    _db: TestDb,
    vault: Vault,
    ambient: Ambient,
    sealed: Vec<u8>,
}

impl Safe {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let ambient = Ambient::fixed(DateTime::UNIX_EPOCH, 1);
        let (db, vault, sealed) = runtime.block_on(async {
            let db = TestDb::sqlite().await;
            let vault = testing::vault(&db.db, &ambient).await;
            let mut tx = db.db.begin_everywhere().await.unwrap();
            let sealed = vault.seal(&mut tx, home(), TEXT).await.unwrap();
            tx.commit().await.unwrap();
            (db, vault, sealed)
        });
        let safe = Self { runtime, _db: db, vault, ambient, sealed };
        assert_eq!(safe.open(home(), &safe.sealed).as_deref(), Some(TEXT));
        safe
    }

    /// The first byte says what is tried with the rest.
    pub(crate) fn property(&self, bytes: &[u8]) {
        let Some((choice, rest)) = bytes.split_first() else { return };
        match choice % 5 {
            0 => self.refuse(rest),
            // With a head that is right, so that the seal itself is tried.
            1 => self.refuse(&[self.sealed.get(..17).unwrap(), rest].concat()),
            2 => self.refuse(&self.changed(rest)),
            3 => self.move_elsewhere(rest),
            _ => self.seal_under(rest),
        }
    }

    fn refuse(&self, bytes: &[u8]) {
        let opened = self.open(home(), bytes);
        assert_eq!(opened.is_some(), bytes == self.sealed, "{bytes:02x?} opened as {opened:?}");
        assert_eq!(open_under(&KEY, b"place", bytes), None, "{bytes:02x?}");
    }

    /// The sealed value with the bytes laid over it at a place, which may be beyond its end.
    fn changed(&self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = self.sealed.clone();
        let Some((place, mask)) = bytes.split_first() else { return changed };
        let place = usize::from(*place) % (changed.len() + 1);
        changed.resize(changed.len().max(place + mask.len()), 0);
        for (byte, change) in changed.iter_mut().skip(place).zip(mask) {
            *byte ^= change;
        }
        changed
    }

    fn move_elsewhere(&self, bytes: &[u8]) {
        let [table, column, owner, rest @ ..] = bytes else { return };
        let id = Uuid::from_slice(rest.get(..16).unwrap_or_default()).unwrap_or(home().row);
        let owner = match owner % 4 {
            0 => home().owner,
            1 => Owner::Instance,
            2 => Owner::Person(UserId::from(id)),
            _ => Owner::Workspace(WorkspaceId::from(id)),
        };
        let place = Place {
            table: TABLES.get(usize::from(table % 3)).unwrap(),
            column: COLUMNS.get(usize::from(column % 3)).unwrap(),
            row: id,
            owner,
        };
        let spot = |place: Place| {
            let owner = match place.owner {
                Owner::Instance => Uuid::nil(),
                Owner::Person(id) => id.uuid(),
                Owner::Workspace(id) => id.uuid(),
            };
            (place.table, place.column, place.row, owner)
        };
        let opened = self.open(place, &self.sealed);
        assert_eq!(opened.is_some(), spot(place) == spot(home()), "{place:?}");
    }

    fn seal_under(&self, text: &[u8]) {
        let sealed = seal_under(&KEY, &self.ambient, b"place", text);
        assert_eq!(open_under(&KEY, b"place", &sealed).as_deref(), Some(text));
        assert_eq!(open_under(&KEY, b"elsewhere", &sealed), None);
        assert_eq!(open_under(&[8; 32], b"place", &sealed), None);
        assert_eq!(open_under(&KEY, b"place", sealed.split_last().unwrap().1), None);
    }

    fn open(&self, place: Place, sealed: &[u8]) -> Option<String> {
        self.runtime.block_on(self.vault.open(place, sealed)).ok()
    }
}

fn home() -> Place {
    let person = Uuid::from_u128(7);
    Place { table: "users", column: "email", row: person, owner: Owner::Person(UserId::from(person)) }
}
