//! What someone asks for by leaving an address: an account, or a new password.
//!
//! The request is kept and answered at once, always in the same way and time. Whether the address is known is found out by a job,
//! which writes to the address and nowhere else: so asking teaches nobody whose addresses are known here.

use async_trait::async_trait;
use chrono::TimeDelta;
use db::Tx;
use kernel::{AppError, OrInternal, UserId};
use platform::{Class, Job, JobHandler, Mail, Owner, Place};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Accounts, Attempt, links::Purpose};
use crate::{
    NewPerson, Person,
    model::{WorkspaceSummary, check_new_password, parse_email_field},
    store::{
        invitations, people,
        requests::{self, RequestRow},
        tokens,
    },
};

const KIND: &str = "accounts.request";
const SIGN_UP: &str = "sign_up";
const RESET: &str = "reset";

/// An account that waits for its address to be confirmed.
#[derive(Serialize, Deserialize)]
struct Pending {
    name: String,
    email: String,
    company: String,
    password_hash: String,
}

/// What became of a wish for an account.
pub enum Registered {
    /// A message asks whether the address is theirs; the account is made once they say so.
    Asked,
    /// It is made.
    Made(Person, WorkspaceSummary),
}

impl Accounts {
    /// Makes an account, or first has its address confirmed, as the operator decided.
    pub async fn register(&self, new: NewPerson, attempt: Attempt) -> Result<Registered, AppError> {
        self.admit(attempt, &new.email).await?;
        if self.rules.confirms_addresses {
            self.request_sign_up(new).await?;
            return Ok(Registered::Asked);
        }
        let (person, workspace) = self.sign_up(new).await?;
        Ok(Registered::Made(person, workspace))
    }

    /// Keeps a sign-up until its address is confirmed. The answer is the same whether the address is known or not.
    pub async fn request_sign_up(&self, new: NewPerson) -> Result<(), AppError> {
        let password_hash = self.passwords.hash(&new.password).await?;
        let pending =
            Pending { name: new.display_name, email: new.email, company: new.company, password_hash };
        let text = serde_json::to_string(&pending).or_internal("writing a request")?;
        self.keep_request(SIGN_UP, &text).await
    }

    /// Makes the account whose address the link confirms, and its workspace.
    pub async fn confirm_sign_up(&self, secret: &str) -> Result<(Person, WorkspaceSummary), AppError> {
        let id = self.follow_link(Purpose::SignUp, secret).await?;
        let row = requests::find(&self.db, id).await.or_internal("loading a request")?;
        let row = row.ok_or_else(|| AppError::not_found("sign-up"))?;
        let pending: Pending =
            serde_json::from_str(&self.open_request(id, &row).await?).or_internal("reading a request")?;
        let person = Person { id: self.ambient.id(), display_name: pending.name, email: pending.email };
        let mut tx = self.db.begin_everywhere().await?;
        self.use_link(&mut tx, (Purpose::SignUp, secret), id).await?;
        requests::delete(&mut tx, id).await.or_internal("removing a request")?;
        let confirmed_at = Some(self.ambient.now());
        self.insert_person(&mut tx, &person, (Some(&pending.password_hash), confirmed_at)).await.map_err(
            |error| match error {
                AppError::Invalid { .. } => AppError::conflict(
                    "This address got an account in the meantime. Sign in, or ask for a new password",
                ),
                other => other,
            },
        )?;
        let workspace = self.insert_workspace(&mut tx, &pending.company, person.id).await?;
        tx.commit().await?;
        Ok((person, workspace))
    }

    /// Has a link to set a new password sent to the address, if it is that of an account.
    pub async fn request_reset(&self, email: &str, attempt: Attempt) -> Result<(), AppError> {
        let email = parse_email_field(email)?;
        self.admit(attempt, &email).await?;
        self.keep_request(RESET, &email).await
    }

    /// Sets the password of the account that the link was sent to, and ends all of its sessions.
    pub async fn reset_password(&self, secret: &str, password: &str) -> Result<(), AppError> {
        let id = self.follow_link(Purpose::Reset, secret).await?;
        let row = people::find(&self.db, id.into()).await.or_internal("loading a person")?;
        let row = row.ok_or_else(|| AppError::not_found("account"))?;
        let person = self.person_of(row).await?;
        check_new_password(password, &[&person.email, &person.display_name])?;
        let hash = self.passwords.hash(password).await?;
        let mut tx = self.db.begin_everywhere().await?;
        self.use_link(&mut tx, (Purpose::Reset, secret), id).await?;
        self.end_everywhere(&mut tx, person.id).await?;
        self.replace_password(&mut tx, &person, (&hash, true)).await?;
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }

    /// Removes requests that nobody confirmed, and links and invitations that ran out.
    pub async fn sweep_requests(&self) -> Result<(), AppError> {
        let now = self.ambient.now();
        let mut tx = self.db.begin_everywhere().await?;
        invitations::delete_expired(&mut tx, now).await.or_internal("sweeping invitations")?;
        requests::sweep(&mut tx, now - TimeDelta::days(2), now).await.or_internal("sweeping requests")?;
        tokens::sweep(&mut tx, now - TimeDelta::days(31)).await.or_internal("sweeping tokens")?;
        tx.commit().await
    }

    /// Sets a password and tells the person, in a transaction that reaches everywhere; `is_confirmed` if the address was shown to be theirs just now.
    pub(super) async fn replace_password(
        &self,
        tx: &mut Tx,
        person: &Person,
        (hash, is_confirmed): (&str, bool),
    ) -> Result<(), AppError> {
        let confirmed_at = is_confirmed.then(|| self.ambient.now());
        people::set_password(tx, person.id, hash, confirmed_at).await.or_internal("setting a password")?;
        let how = if is_confirmed { "with a link" } else { "by the person" };
        self.note_on_instance(tx, Some(person.id), ("password.changed", how)).await?;
        let text = format!(
            "Hello {},\n\nthe password of your Quartile account was changed just now.\n\nIf that was not you, set a new one at once:\n{}/forgotten-password\n",
            person.display_name, self.rules.base_url
        );
        let subject = "Your Quartile password was changed".to_owned();
        self.mailer.post(tx, &Mail { to: person.email.clone(), subject, text }).await
    }

    async fn keep_request(&self, kind: &str, text: &str) -> Result<(), AppError> {
        let id: Uuid = self.ambient.id();
        let mut tx = self.db.begin().await?;
        let sealed = self.vault.seal(&mut tx, place(id), text).await?;
        let row = RequestRow { kind: kind.to_owned(), sealed };
        requests::insert(&mut tx, id, &row, self.ambient.now()).await.or_internal("keeping a request")?;
        self.jobs.enqueue_quick(&mut tx, KIND, id.to_string()).await?;
        tx.commit().await?;
        self.jobs.wake();
        Ok(())
    }

    async fn open_request(&self, id: Uuid, row: &RequestRow) -> Result<String, AppError> {
        self.vault.open(place(id), &row.sealed).await
    }

    async fn answer_request(&self, id: Uuid) -> Result<(), AppError> {
        // It was answered by an attempt that died before it could say so.
        let Some(row) = requests::find(&self.db, id).await.or_internal("loading a request")? else {
            return Ok(());
        };
        let text = self.open_request(id, &row).await?;
        if row.kind == SIGN_UP {
            // It was answered by an attempt that died before it could say so; the request itself stays until it is confirmed.
            let subject = (id, Purpose::SignUp.key());
            if requests::has_link(&self.db, subject, self.ambient.now())
                .await
                .or_internal("looking for a link")?
            {
                return Ok(());
            }
            let pending: Pending = serde_json::from_str(&text).or_internal("reading a request")?;
            if self.may_write_to(&pending.email, id).await? {
                self.answer_sign_up(id, &pending).await?;
            }
        } else if self.may_write_to(&text, id).await? {
            self.answer_reset(id, &text).await?;
        }
        self.mailer.wake();
        Ok(())
    }

    /// Nobody is written to again and again: the messages before are still good, and the request goes. Asked here and not where the
    /// request comes in, because that would be answered sooner for an address that got its messages.
    async fn may_write_to(&self, email: &str, id: Uuid) -> Result<bool, AppError> {
        if self.limits.admit(Class::Mail, email).await.is_ok() {
            return Ok(true);
        }
        let mut tx = self.db.begin().await?;
        requests::delete(&mut tx, id).await.or_internal("removing a request")?;
        tx.commit().await?;
        Ok(false)
    }

    async fn answer_sign_up(&self, id: Uuid, pending: &Pending) -> Result<(), AppError> {
        let is_known = self.find_by_email(&pending.email).await?.is_some();
        let mut tx = self.db.begin().await?;
        let mail = if is_known {
            requests::delete(&mut tx, id).await.or_internal("removing a request")?;
            self.known_already(&pending.email)
        } else {
            let link = self.make_link(&mut tx, Purpose::SignUp, id).await?;
            please_confirm(pending, &link)
        };
        self.mailer.post(&mut tx, &mail).await?;
        tx.commit().await
    }

    async fn answer_reset(&self, id: Uuid, email: &str) -> Result<(), AppError> {
        let found = self.find_by_email(email).await?;
        let mut tx = self.db.begin().await?;
        requests::delete(&mut tx, id).await.or_internal("removing a request")?;
        if let Some(row) = found.filter(|row| row.deactivated_at.is_none()) {
            let user_id = UserId::from(row.id);
            let person = self.person_of(row).await?;
            let link = self.make_link(&mut tx, Purpose::Reset, user_id.uuid()).await?;
            self.mailer.post(&mut tx, &reset_with(&person, &link)).await?;
        }
        tx.commit().await
    }

    fn known_already(&self, email: &str) -> Mail {
        let base = &self.rules.base_url;
        let text = format!(
            "Hello,\n\nsomeone asked for a Quartile account with this address, which has one already.\n\nSign in:\n{base}/sign-in\n\nPassword forgotten:\n{base}/forgotten-password\n\nIf that was not you, there is nothing to do: nothing was changed.\n"
        );
        Mail { to: email.to_owned(), subject: "You have a Quartile account already".to_owned(), text }
    }
}

fn please_confirm(pending: &Pending, link: &str) -> Mail {
    let hours = Purpose::SignUp.lasts().num_hours();
    let text = format!(
        "Hello {},\n\nopen this link to confirm your address and finish your Quartile account:\n{link}\n\nIt is good once, for {hours} hours. If you did not ask for an account, there is nothing to do: without the link none is made.\n",
        pending.name
    );
    Mail { to: pending.email.clone(), subject: "Confirm your address for Quartile".to_owned(), text }
}

fn reset_with(person: &Person, link: &str) -> Mail {
    let minutes = Purpose::Reset.lasts().num_minutes();
    let text = format!(
        "Hello {},\n\nopen this link to set a new password for your Quartile account:\n{link}\n\nIt is good once, for {minutes} minutes. If you did not ask for it, there is nothing to do: your password stays as it is.\n",
        person.display_name
    );
    Mail { to: person.email.clone(), subject: "A new password for Quartile".to_owned(), text }
}

fn place(id: Uuid) -> Place {
    Place { table: "account_requests", column: "sealed", row: id, owner: Owner::Instance }
}

/// Answers requests by writing to the address that was left.
pub struct AccountRequestJob(pub Accounts);

#[async_trait]
impl JobHandler for AccountRequestJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Job) -> Result<(), AppError> {
        self.0.answer_request(job.payload.parse().or_internal("reading a job")?).await
    }
}
