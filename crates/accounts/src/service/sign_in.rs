//! Proving who one is with a password.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Tx, is_unique_violation};
use kernel::{AppError, Currency, OrInternal, Role, UserId, WorkspaceId};
use platform::{Class, visitor_name};

use super::Accounts;
use crate::{
    CompanyProfile, NewPerson, Person,
    engine::{pause_after, pause_of_place_after, slug_of},
    model::WorkspaceSummary,
    store::{failures, people, workspaces},
};

/// Where an attempt to sign in comes from.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The network address of the caller.
    pub address: Option<IpAddr>,
}

impl Attempt {
    /// What is counted as one visitor.
    fn visitor(self) -> String {
        visitor_name(self.address)
    }
}

impl Accounts {
    /// Makes a person with a first workspace, in which the person is the owner.
    pub async fn sign_up(&self, new: NewPerson) -> Result<(Person, WorkspaceSummary), AppError> {
        let hash = self.passwords.hash(&new.password).await?;
        let person = Person { id: self.ambient.id(), display_name: new.display_name, email: new.email };
        let mut tx = self.db.begin_everywhere().await?;
        self.insert_person(&mut tx, &person, (Some(&hash), None)).await?;
        let workspace = self.insert_workspace(&mut tx, &new.company, person.id).await?;
        tx.commit().await?;
        Ok((person, workspace))
    }

    /// Checks an address and a password. Unknown addresses take as long and answer the same as wrong passwords.
    pub async fn sign_in(&self, email: &str, password: &str, attempt: Attempt) -> Result<Person, AppError> {
        const LONGEST_PASSWORD_BYTES: usize = 4096;
        let email = email.trim().to_lowercase();
        let keys = self.failure_keys(attempt, &email);
        if !self.limits.exempts(attempt.address) {
            self.admit(attempt, &email).await?;
            self.refuse_while_blocked(&keys).await?;
        }

        let found = self.find_by_email(&email).await?.filter(|row| row.deactivated_at.is_none());
        let hash = found.as_ref().and_then(|row| row.password_hash.clone());
        let is_right =
            password.len() <= LONGEST_PASSWORD_BYTES && self.passwords.verify(password, hash).await?;
        let known = found.as_ref().map(|row| UserId::from(row.id));
        let found = match found {
            Some(row) if is_right => self.unless_changed(row).await?,
            _ => None,
        };
        if let Some(row) = found {
            self.forget_failures(&keys.account.hash).await?;
            return self.person_of(row).await;
        }
        self.count_failure(&keys, known).await?;
        Err(AppError::invalid(
            "password",
            "This address and password do not belong together. Check both; capitals matter in the password",
        ))
    }

    /// The account whose password was checked, unless somebody set another one or closed it meanwhile: that ended every sign-in, and this
    /// one would come after it.
    async fn unless_changed(
        &self,
        checked: people::PersonRow,
    ) -> Result<Option<people::PersonRow>, AppError> {
        let now = people::find(&self.db, UserId::from(checked.id)).await.or_internal("loading a person")?;
        Ok(now.filter(|row| row.deactivated_at.is_none() && row.password_hash == checked.password_hash))
    }

    pub(super) async fn insert_person(
        &self,
        tx: &mut Tx,
        person: &Person,
        (hash, confirmed_at): (Option<&str>, Option<DateTime<Utc>>),
    ) -> Result<(), AppError> {
        let row = people::NewRow {
            id: person.id,
            email_index: &self.email_index(&person.email),
            email_sealed: &self.seal_email(tx, person.id.uuid(), &person.email).await?,
            email_confirmed_at: confirmed_at,
            display_name: &person.display_name,
            password_hash: hash,
            created_at: self.ambient.now(),
        };
        match people::insert(tx, row).await {
            Err(error) if is_unique_violation(&error) => Err(AppError::invalid(
                "email",
                "This address cannot be used to sign up. If it is yours, sign in instead",
            )),
            other => {
                other.or_internal("saving a person")?;
                let how = if hash.is_some() { "with a password" } else { "with a provider" };
                self.note_on_instance(tx, Some(person.id), ("person.signed_up", how)).await
            }
        }
    }

    /// Makes a workspace with an empty profile, owned by the person.
    pub(super) async fn insert_workspace(
        &self,
        tx: &mut Tx,
        name: &str,
        owner: UserId,
    ) -> Result<WorkspaceSummary, AppError> {
        let now = self.ambient.now();
        let id: WorkspaceId = self.ambient.id();
        let slug = self.free_slug(tx, name).await?;
        let row = workspaces::NewRow { id, slug: &slug, name, is_synthetic: false, created_at: now };
        match workspaces::insert(tx, row).await {
            Err(error) if is_unique_violation(&error) => {
                return Err(AppError::conflict(
                    "Somebody made a workspace of the same name at the same moment. Try again",
                ));
            }
            other => other.or_internal("saving a workspace")?,
        }
        workspaces::insert_member(tx, (id, owner), Role::Owner, now)
            .await
            .or_internal("saving a membership")?;
        let profile = CompanyProfile::unknown(name, Currency::Usd);
        self.save_profile_row(tx, id, &profile).await?;
        Ok(WorkspaceSummary { id, slug, name: name.to_owned(), is_synthetic: false })
    }

    async fn free_slug(&self, tx: &mut Tx, name: &str) -> Result<String, AppError> {
        let plain = slug_of(name);
        if !workspaces::slug_exists(tx, &plain).await.or_internal("looking for a free address")? {
            return Ok(plain);
        }
        let suffix = kernel::hex(&self.ambient.secret::<4>());
        Ok(format!("{plain}-{suffix}"))
    }

    /// Refuses whoever tries too often to sign in or up, or asks too often for a new password: at one account, or at all.
    pub(super) async fn admit(&self, attempt: Attempt, email: &str) -> Result<(), AppError> {
        if self.limits.exempts(attempt.address) {
            return Ok(());
        }
        let visitor = attempt.visitor();
        self.limits.admit(Class::SignIn, &visitor).await?;
        let account = format!("{visitor} {}", email.trim().to_lowercase());
        self.limits.admit(Class::SignInAccount, &account).await?;
        Ok(())
    }

    fn failure_keys(&self, attempt: Attempt, email: &str) -> FailureKeys {
        let account_index = Some(self.email_index(email));
        let visitor = attempt.visitor();
        // Keyed, so that nobody who reads the table can try addresses on it.
        let hash =
            |account: &str| self.vault.digest("sign-in", format!("{account}\0{visitor}").as_bytes()).to_vec();
        FailureKeys {
            // Nobody elsewhere is kept out by wrong passwords of an account from one place.
            account: failures::Key { hash: hash(email), place: None, account_index },
            place: failures::Key { hash: hash(""), place: Some(visitor.clone()), account_index: None },
        }
    }

    async fn refuse_while_blocked(&self, keys: &FailureKeys) -> Result<(), AppError> {
        let until = failures::blocked_until(&self.db, &keys.account.hash, &keys.place.hash)
            .await
            .or_internal("checking for a pause")?;
        let wait = until.map_or(0, |until| (until - self.ambient.now()).num_seconds());
        match u64::try_from(wait) {
            Ok(seconds) if seconds > 0 => Err(AppError::RateLimited { retry_after_seconds: seconds }),
            _ => Ok(()),
        }
    }

    async fn count_failure(&self, keys: &FailureKeys, known: Option<UserId>) -> Result<(), AppError> {
        let now = self.ambient.now();
        let mut tx = self.db.begin_everywhere().await?;
        for (key, is_place) in [(&keys.account, false), (&keys.place, true)] {
            let remembered = if is_place { TimeDelta::hours(1) } else { TimeDelta::hours(24) };
            let failures = failures::count(&mut tx, key, now, now - remembered)
                .await
                .or_internal("counting a wrong password")?;
            let pause = if is_place { pause_of_place_after(failures) } else { pause_after(failures) };
            failures::block(&mut tx, &key.hash, now + pause).await.or_internal("setting a pause")?;
        }
        self.note_on_instance(&mut tx, known, ("sign_in.failed", "wrong password")).await?;
        tx.commit().await
    }

    async fn forget_failures(&self, key: &[u8]) -> Result<(), AppError> {
        let is_noted =
            failures::blocked_until(&self.db, key, key).await.or_internal("checking for failures")?.is_some();
        if !is_noted {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        failures::forget(&mut tx, key).await.or_internal("forgetting failures")?;
        tx.commit().await
    }
}

/// Under what wrong passwords are counted.
struct FailureKeys {
    account: failures::Key,
    place: failures::Key,
}
