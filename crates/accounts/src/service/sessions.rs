//! A person's own account: sessions and password.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta};
use db::Tx;
use kernel::{AppError, OrInternal, UserId};
use tower_sessions_core::session::{Id, Session};
use uuid::Uuid;

use super::{Accounts, session_rows};
use crate::{
    model::{AccountView, SessionView, check_new_password, session_keys},
    store::{people, sessions, tokens},
};

/// How long a proof of who one is counts for what is dangerous.
pub(super) const PROOF_LASTS: TimeDelta = TimeDelta::minutes(10);

impl Accounts {
    /// Signs the person in: a new session, so that a secret known before is worth nothing after, and nothing of it is left over.
    ///
    /// `is_proved` says whether they showed just now who they are; a provider may vouch for somebody who did so days ago.
    pub async fn begin_session(
        &self,
        session: &Session,
        id: UserId,
        (device, is_proved): (&str, bool),
    ) -> Result<(), AppError> {
        const DOING: &str = "beginning a session";
        let now = self.ambient.now().timestamp_micros();
        match session.id() {
            Some(_) => session.flush().await.or_internal(DOING)?,
            None => session.clear().await,
        }
        session.insert(session_keys::USER, id).await.or_internal(DOING)?;
        session.insert(session_keys::STARTED, now).await.or_internal(DOING)?;
        if is_proved {
            session.insert(session_keys::PROVED, now).await.or_internal(DOING)?;
        }
        session.insert(session_keys::DEVICE, device).await.or_internal(DOING)?;
        let mut tx = self.db.begin_everywhere().await?;
        self.note_on_instance(&mut tx, Some(id), ("signed_in", device)).await?;
        tx.commit().await
    }

    /// Signs the person out: the session is gone, here and in the database.
    pub async fn sign_out(&self, session: &Session) -> Result<(), AppError> {
        const DOING: &str = "ending a session";
        let person: Option<UserId> = session.get(session_keys::USER).await.or_internal(DOING)?;
        session.flush().await.or_internal(DOING)?;
        let Some(person) = person else { return Ok(()) };
        let mut tx = self.db.begin_everywhere().await?;
        self.note_on_instance(&mut tx, Some(person), ("signed_out", "")).await?;
        tx.commit().await
    }

    /// Notes that the person showed who they are just now, under a new session id.
    pub async fn note_proof(&self, session: &Session) -> Result<(), AppError> {
        const DOING: &str = "noting a proof";
        session.insert(session_keys::RENEWED, true).await.or_internal(DOING)?;
        let now = self.ambient.now().timestamp_micros();
        session.insert(session_keys::PROVED, now).await.or_internal(DOING)
    }

    /// Has the session get another id with the answer, because what the person may do has changed: one known before is worth nothing
    /// after. What changed it is done by now, so what goes wrong here is no reason to tell them otherwise; it is in the log.
    pub async fn renew_session(&self, session: &Session) {
        let renewed = session.insert(session_keys::RENEWED, true).await;
        let _: Result<(), AppError> = renewed.or_internal("renewing a session");
    }

    /// Ends the person's sessions in browsers, because somebody else lets them do more: a session that was taken from them, or that they left
    /// open somewhere, must not come by it. Programs stay signed in: a refresh token changes with each use, and a copy that is used ends it.
    pub(super) async fn end_browsers(&self, tx: &mut Tx, id: UserId) -> Result<(), AppError> {
        sessions::delete_all_of(tx, id).await.or_internal("ending sessions")
    }

    /// Whether the person of the session showed who they are within the last ten minutes.
    pub async fn is_proved(&self, session: &Session) -> Result<bool, AppError> {
        self.is_proved_within(session, PROOF_LASTS).await
    }

    /// Whether the person of the session showed who they are within that time.
    pub async fn is_proved_within(&self, session: &Session, time: TimeDelta) -> Result<bool, AppError> {
        let at: Option<i64> = session.get(session_keys::PROVED).await.or_internal("reading the session")?;
        let at = at.and_then(DateTime::from_timestamp_micros);
        Ok(at.is_some_and(|at| self.ambient.now() - at <= time))
    }

    /// What a person sees of the own account; `here` is the session that asks.
    pub async fn account_view(&self, id: UserId, here: Option<Id>) -> Result<AccountView, AppError> {
        let row = people::find(&self.db, id).await.or_internal("loading a person")?;
        let row = row.ok_or(AppError::Unauthenticated)?;
        let has_google = people::has_identity(&self.db, id).await.or_internal("looking for identities")?;
        let (has_password, is_confirmed) = (row.password_hash.is_some(), row.email_confirmed_at.is_some());
        let alive = self.rules.alive(self.ambient.now());
        let rows = sessions::list(&self.db, id, alive).await.or_internal("listing sessions")?;
        let browsers = rows.into_iter().map(|row| SessionView {
            is_here: here == Some(session_rows::id_of(&row.id_hash)),
            is_program: false,
            handle: row.handle,
            device: row.device.unwrap_or_else(|| "Unknown device".to_owned()),
            started_at: row.started_at,
            seen_at: row.seen_at,
        });
        let mut sessions: Vec<SessionView> = browsers.chain(self.programs_of(id).await?).collect();
        sessions.sort_by_key(|session| Reverse((session.seen_at, session.started_at)));
        let person = self.person_of(row).await?;
        Ok(AccountView { person, has_password, is_confirmed, has_google, sessions })
    }

    /// Ends one of the person's sessions, of a browser or of a program.
    pub async fn end_session(&self, id: UserId, handle: Uuid) -> Result<(), AppError> {
        const DOING: &str = "ending a session";
        let mut tx = self.db.begin_everywhere().await?;
        let ended = if sessions::delete_one_of(&mut tx, id, handle).await.or_internal(DOING)? {
            "one of a browser"
        } else if tokens::revoke_one_of(&mut tx, id, handle, self.ambient.now()).await.or_internal(DOING)? {
            "one of a program"
        } else {
            return Err(AppError::not_found("session"));
        };
        self.note_on_instance(&mut tx, Some(id), ("sessions.ended", ended)).await?;
        tx.commit().await
    }

    /// Ends every session of the person, in browsers and of programs.
    pub async fn end_all_sessions(&self, id: UserId) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        self.end_everywhere(&mut tx, id).await?;
        self.note_on_instance(&mut tx, Some(id), ("sessions.ended", "everywhere")).await?;
        tx.commit().await
    }

    /// Ends every session of the person, in browsers and of programs.
    pub(super) async fn end_everywhere(&self, tx: &mut Tx, id: UserId) -> Result<(), AppError> {
        sessions::delete_all_of(tx, id).await.or_internal("ending sessions")?;
        tokens::revoke_all_of(tx, id, self.ambient.now()).await.or_internal("ending tokens")
    }

    /// Checks that whoever acts as the person knows the password, before something dangerous.
    pub async fn prove(&self, id: UserId, password: &str, attempt: super::Attempt) -> Result<(), AppError> {
        let person = self.find_person(id).await?.ok_or(AppError::Unauthenticated)?;
        self.sign_in(&person.email, password, attempt).await.map_err(|error| match error {
            AppError::Invalid { .. } => AppError::invalid("password", "This is not your password. Try again"),
            other => other,
        })?;
        Ok(())
    }

    /// Changes the person's password and ends every session, this one too.
    pub async fn change_password(&self, id: UserId, password: &str) -> Result<(), AppError> {
        let person = self.find_person(id).await?.ok_or(AppError::Unauthenticated)?;
        check_new_password(password, &[&person.email, &person.display_name])?;
        let hash = self.passwords.hash(password).await?;
        let mut tx = self.db.begin_everywhere().await?;
        // First the rows, then the log: everybody takes its lock last, so that nobody waits in a circle.
        self.end_everywhere(&mut tx, id).await?;
        self.replace_password(&mut tx, &person, (&hash, false)).await?;
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }
}
