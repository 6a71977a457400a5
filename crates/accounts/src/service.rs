//! Use cases of people and workspaces.

mod administration;
mod api_keys;
mod authority;
mod census;
mod emergency;
mod identities;
mod invitations;
mod key_warnings;
mod leaving;
mod links;
mod members;
mod profile;
mod records;
mod refusals;
mod requests;
mod sealed;
mod session_rows;
mod sessions;
mod sign_in;
mod signing;
mod synthetic;
mod tokens;
mod workspaces;

pub use api_keys::KeyHolder;
pub use authority::member_now;
pub use census::Census;
pub use identities::GoogleIdentity;
pub use members::Whereabouts;
pub use profile::DataState;
pub use requests::{AccountRequestJob, Registered};
pub use sealed::SEALED;
pub use session_rows::{SessionRow, SessionSecret};
pub use sign_in::Attempt;
pub use signing::{AccessClaims, PublicKey};
pub use tokens::Tokens;

use signing::Signing;

use std::{ops::Deref, sync::Arc};

use chrono::TimeDelta;
use db::{Db, Tx};
use kernel::{Ambient, AppError, OrInternal, UserId};
use platform::{Jobs, Limits, Mailer, Owner, Place, Vault};
use uuid::Uuid;

use crate::{
    Person,
    engine::Passwords,
    store::people::{self, PersonRow},
};

/// What the operator decided about accounts.
#[derive(Clone, Debug)]
pub struct AccountRules {
    /// The address people type, for links in messages.
    pub base_url: String,
    /// Whether an account is made only once its address is confirmed by a message; needs a mail server.
    pub confirms_addresses: bool,
    /// How long a session lasts without a request.
    pub session_idle: TimeDelta,
    /// How long a session lasts at most after its sign-in.
    pub session_life: TimeDelta,
}

/// People, workspaces, roles and profiles. Cheap to clone, which happens many times in each request.
#[derive(Clone)]
pub struct Accounts(Arc<Parts>);

impl Deref for Accounts {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the service works with.
pub struct Parts {
    db: Db,
    ambient: Ambient,
    passwords: Passwords,
    vault: Vault,
    jobs: Jobs,
    mailer: Mailer,
    rules: AccountRules,
    limits: Limits,
    signing: Signing,
    refused: refusals::Lately,
}

impl Accounts {
    /// The service over `db`.
    pub fn new(
        (db, ambient): (Db, Ambient),
        vault: Vault,
        (jobs, mailer): (Jobs, Mailer),
        (rules, limits): (AccountRules, Limits),
    ) -> Self {
        kernel::recognise(session_rows::plainly);
        Self(Arc::new(Parts {
            db,
            passwords: Passwords::new(ambient.clone()),
            ambient,
            vault,
            jobs,
            mailer,
            rules,
            limits,
            signing: Signing::default(),
            refused: refusals::Lately::default(),
        }))
    }

    /// What the operator decided.
    pub fn rules(&self) -> &AccountRules {
        &self.rules
    }

    /// The folder that messages are put into, if no mail server is set up.
    pub fn mail_folder(&self) -> Option<String> {
        self.mailer.folder().map(|folder| folder.display().to_string())
    }

    /// The person with that id, if there is one.
    pub async fn find_person(&self, id: UserId) -> Result<Option<Person>, AppError> {
        match people::find(&self.db, id).await.or_internal("loading a person")? {
            Some(row) => self.person_of(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Seals addresses that were kept before there was a vault; for the start of the program.
    pub async fn seal_addresses(&self) -> Result<(), AppError> {
        for row in people::list_unsealed(&self.db).await.or_internal("listing unsealed addresses")? {
            let mut tx = self.db.begin().await?;
            let sealed = self.seal_email(&mut tx, row.id, &row.email_index).await?;
            let index = self.email_index(&row.email_index);
            people::seal(&mut tx, row.id, &index, &sealed).await.or_internal("sealing an address")?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn person_of(&self, row: PersonRow) -> Result<Person, AppError> {
        let email = self.open_email(row.id, row.email_sealed.as_deref(), row.email_index).await?;
        Ok(Person { id: row.id.into(), display_name: row.display_name, email })
    }

    async fn open_email(
        &self,
        person: Uuid,
        sealed: Option<&[u8]>,
        index: String,
    ) -> Result<String, AppError> {
        match sealed {
            Some(sealed) => self.vault.open(email_place(person), sealed).await,
            // From before there was a vault.
            None => Ok(index),
        }
    }

    async fn find_by_email(&self, email: &str) -> Result<Option<PersonRow>, AppError> {
        people::find_by_index(&self.db, &self.email_index(email)).await.or_internal("looking for a person")
    }

    fn email_index(&self, email: &str) -> String {
        self.vault.index("users.email", email)
    }

    async fn seal_email(&self, tx: &mut Tx, person: Uuid, email: &str) -> Result<Vec<u8>, AppError> {
        self.vault.seal(tx, email_place(person), email).await
    }
}

fn email_place(person: Uuid) -> Place {
    Place { table: "users", column: "email_sealed", row: person, owner: Owner::Person(person.into()) }
}
