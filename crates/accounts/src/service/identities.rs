//! Proving who one is with the word of an OpenID Connect provider.

use db::is_unique_violation;
use kernel::{AppError, OrInternal, UserId};
use platform::Mail;

use super::Accounts;
use crate::{Person, store::people};

/// What the provider said about a person, after its token was verified.
pub struct GoogleIdentity {
    /// The provider.
    pub issuer: String,
    /// The person's lasting id there.
    pub subject: String,
    /// The address.
    pub email: String,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// What the person is called.
    pub display_name: Option<String>,
}

impl Accounts {
    /// Signs in whom the provider vouches for; a stranger gets a workspace of their own.
    ///
    /// An address that already belongs to an account with a password is never taken over: the provider's word proves
    /// the address, not that the account was made by the same person.
    pub async fn sign_in_with_google(&self, identity: GoogleIdentity) -> Result<Person, AppError> {
        let known = people::find_by_identity(&self.db, &identity.issuer, &identity.subject)
            .await
            .or_internal("looking for an identity")?;
        if let Some(row) = known {
            if row.deactivated_at.is_some() {
                return Err(AppError::forbidden(
                    "This account was deactivated. Ask the operator of this instance",
                ));
            }
            return self.person_of(row).await;
        }
        if !identity.email_verified {
            return Err(AppError::forbidden(
                "Google has not verified this e-mail address. Verify it with Google, then sign in again",
            ));
        }
        let email = crate::model::parse_email_of_provider(&identity.email)?;
        let display_name = name_from_provider(identity.display_name.as_deref(), &email);
        let person = Person { id: self.ambient.id(), display_name, email };
        let mut tx = self.db.begin_everywhere().await?;
        let confirmed_at = Some(self.ambient.now());
        self.insert_person(&mut tx, &person, (None, confirmed_at)).await.map_err(|error| match error {
            AppError::Invalid { .. } => AppError::conflict(
                "This address already has an account with a password. Sign in with the password, then connect Google under your account",
            ),
            other => other,
        })?;
        people::insert_identity(
            &mut tx,
            (&identity.issuer, &identity.subject),
            person.id,
            self.ambient.now(),
        )
        .await
        .or_internal("saving an identity")?;
        // Nothing of the person: its name and its address stay when they give it away and go.
        self.insert_workspace(&mut tx, "My company", person.id).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Whether that is an account of the person at the provider.
    pub async fn has_identity(&self, id: UserId, identity: &GoogleIdentity) -> Result<bool, AppError> {
        let found = people::find_by_identity(&self.db, &identity.issuer, &identity.subject).await;
        Ok(found.or_internal("looking for an identity")?.is_some_and(|row| UserId::from(row.id) == id))
    }

    /// Lets the person sign in with that account of theirs from now on. The caller has seen to it that they showed who they are here as
    /// well as there.
    pub async fn link_identity(&self, id: UserId, identity: GoogleIdentity) -> Result<(), AppError> {
        if !identity.email_verified {
            return Err(AppError::forbidden(
                "Google has not verified this e-mail address. Verify it with Google, then connect it again",
            ));
        }
        let person = self.find_person(id).await?.ok_or(AppError::Unauthenticated)?;
        let mut tx = self.db.begin_everywhere().await?;
        let names = (identity.issuer.as_str(), identity.subject.as_str());
        match people::insert_identity(&mut tx, names, id, self.ambient.now()).await {
            Err(error) if is_unique_violation(&error) => {
                return Err(AppError::conflict("This Google account belongs to another account here"));
            }
            other => other.or_internal("saving an identity")?,
        }
        let text = format!(
            "Hello {},\n\na Google account can now sign in to your Quartile account.\n\nIf that was not you, disconnect it and set a new password at once:\n{}/account\n",
            person.display_name, self.rules.base_url
        );
        let subject = "A Google account was connected".to_owned();
        self.mailer.post(&mut tx, &Mail { to: person.email, subject, text }).await?;
        self.note_on_instance(&mut tx, Some(id), ("identity.linked", "Google")).await?;
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }

    /// Has the person sign in with the password alone from now on.
    pub async fn unlink_identities(&self, id: UserId) -> Result<(), AppError> {
        let row = people::find(&self.db, id).await.or_internal("loading a person")?;
        if row.ok_or(AppError::Unauthenticated)?.password_hash.is_none() {
            return Err(AppError::conflict(
                "You sign in with Google alone. Set a password first, with a link from “Password forgotten?”",
            ));
        }
        let mut tx = self.db.begin_everywhere().await?;
        people::delete_identities(&mut tx, id).await.or_internal("removing identities")?;
        self.note_on_instance(&mut tx, Some(id), ("identity.unlinked", "Google")).await?;
        tx.commit().await
    }

    /// Writes down that a sign-in with a provider did not work out.
    pub async fn note_refused_identity(&self, why: &str) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        self.note_on_instance(&mut tx, None, ("sign_in.failed", why)).await?;
        tx.commit().await
    }
}

/// What the provider calls the person, within what the sign-up form takes; the address stands in where it says nothing.
fn name_from_provider(name: Option<&str>, email: &str) -> String {
    const LONGEST: usize = 60;
    let shortened = |text: &str| -> String {
        let visible: String = text.chars().filter(|c| !c.is_control()).collect();
        visible.trim().chars().take(LONGEST).collect()
    };
    let name = shortened(name.unwrap_or_default());
    if name.is_empty() { shortened(email.split('@').next().unwrap_or("You")) } else { name }
}
