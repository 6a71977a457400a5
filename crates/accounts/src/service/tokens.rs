//! Signing in to the API: short-lived access tokens, and refresh tokens that are rotated.
//!
//! A refresh token is good once. Whoever lost the race for it gets the same successor for ten seconds, so that no honest client is
//! logged out by its own haste; anything else means that a copy is about, and ends the whole family.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AppError, OrInternal, UserId};
use platform::{Mail, Owner, Place, audit, requested_by};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Accounts, sessions::PROOF_LASTS, signing::AccessClaims};
use crate::{
    SessionView,
    engine::secret_hash as hash,
    store::tokens::{self, TokenRow},
};

/// How long an access token is good.
pub(super) const ACCESS_LASTS: TimeDelta = TimeDelta::minutes(10);
/// How long a sign-in of a program lasts without being refreshed.
pub(super) const IDLE: TimeDelta = TimeDelta::days(7);
const LIFE: TimeDelta = TimeDelta::days(30);
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// What a client of the API gets at sign-in and at every refresh.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Shown with every request.
    pub access_token: String,
    /// Good once, for new tokens.
    pub refresh_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Begins a family of tokens for a person who has just shown who they are.
    pub async fn begin_tokens(&self, person: UserId, device: &str) -> Result<Tokens, AppError> {
        const DOING: &str = "beginning tokens";
        let (family, now): (Uuid, _) = (self.ambient.id(), self.ambient.now());
        let refresh_token = self.refresh_text();
        let mut tx = self.db.begin_everywhere().await?;
        tokens::insert_family(&mut tx, family, (person, device), now).await.or_internal(DOING)?;
        tokens::insert(&mut tx, &hash(&refresh_token), (family, 0), now + IDLE).await.or_internal(DOING)?;
        let entry =
            audit::Entry { action: "api.signed_in", subject: family.to_string(), detail: device.to_owned() };
        audit::record_on_instance(&mut tx, &self.ambient, format!("person:{person}"), entry).await?;
        tx.commit().await?;
        self.tokens(person, family, refresh_token).await
    }

    /// New tokens for a refresh token.
    pub async fn refresh(&self, text: &str, device: &str) -> Result<Tokens, AppError> {
        const DOING: &str = "refreshing tokens";
        let (hash_of_text, now) = (hash(text), self.ambient.now());
        let successor = self.refresh_text();
        let mut tx = self.db.begin_everywhere().await?;
        let sealed = self.vault.seal(&mut tx, place(&hash_of_text), &successor).await?;
        let claimed = tokens::claim(&mut tx, &hash_of_text, now, &sealed).await.or_internal(DOING)?;
        let Some((family, generation)) = claimed else {
            drop(tx);
            return self.refresh_again(text, device).await;
        };
        let found = tokens::find_family_in(&mut tx, family).await.or_internal(DOING)?;
        let row = found.filter(|row| row.started_at + LIFE > now).ok_or(AppError::Unauthenticated)?;
        let expires_at = (now + IDLE).min(row.started_at + LIFE);
        tokens::insert(&mut tx, &hash(&successor), (family, generation + 1), expires_at)
            .await
            .or_internal(DOING)?;
        tokens::see_family(&mut tx, family, now).await.or_internal(DOING)?;
        tx.commit().await?;
        self.tokens(row.user_id.into(), family, successor).await
    }

    /// Ends the family of an access token.
    pub async fn end_tokens(&self, claims: &AccessClaims) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        tokens::revoke_family(&mut tx, claims.sid, self.ambient.now()).await.or_internal("ending tokens")?;
        let entry =
            audit::Entry { action: "api.signed_out", subject: claims.sid.to_string(), detail: String::new() };
        audit::record_on_instance(&mut tx, &self.ambient, format!("person:{}", claims.sub), entry).await?;
        tx.commit().await
    }

    /// The person's sign-ins of programs that could go on.
    pub(super) async fn programs_of(&self, person: UserId) -> Result<Vec<SessionView>, AppError> {
        let now = self.ambient.now();
        let families = tokens::list_families(&self.db, person, (now - LIFE, now - IDLE)).await;
        let view = |row: tokens::ListedRow| SessionView {
            handle: row.id,
            device: row.device,
            started_at: row.started_at,
            seen_at: row.seen_at,
            is_here: false,
            is_program: true,
        };
        Ok(families.or_internal("listing sign-ins of programs")?.into_iter().map(view).collect())
    }

    /// The person of an access token, as long as its family has not ended.
    pub async fn person_of_access(&self, text: &str) -> Result<(UserId, AccessClaims), AppError> {
        let claims = self.signing.verify(self, text).await?;
        if !self.goes_on(&claims).await? {
            return Err(AppError::Unauthenticated);
        }
        requested_by(format!("person:{}", claims.sub));
        Ok((claims.sub.into(), claims))
    }

    /// Whether the sign-in of an access token goes on; the token itself may have run out since it was shown.
    pub async fn goes_on(&self, claims: &AccessClaims) -> Result<bool, AppError> {
        let family = tokens::find_family(&self.db, claims.sid).await.or_internal("loading tokens")?;
        Ok(family.is_some_and(|family| family.user_id == claims.sub))
    }

    /// Whether the person showed within the last ten minutes who they are, when these tokens began.
    pub async fn is_proved_by_tokens(&self, claims: &AccessClaims) -> Result<bool, AppError> {
        let family = tokens::find_family(&self.db, claims.sid).await.or_internal("loading tokens")?;
        Ok(family.is_some_and(|family| self.ambient.now() - family.started_at <= PROOF_LASTS))
    }

    /// A token that was rotated before: the same successor within the grace, and otherwise the end of the family.
    async fn refresh_again(&self, text: &str, device: &str) -> Result<Tokens, AppError> {
        const DOING: &str = "refreshing tokens";
        let hash = hash(text);
        let row = tokens::find(&self.db, &hash).await.or_internal(DOING)?;
        let Some(TokenRow { family, generation, expires_at, rotated_at: Some(at), successor_sealed }) = row
        else {
            // Unknown, or simply too old.
            return Err(AppError::Unauthenticated);
        };
        let now = self.ambient.now();
        let found = tokens::find_family(&self.db, family).await.or_internal(DOING)?;
        let Some(about) = found else { return Err(AppError::Unauthenticated) };
        let is_in_grace = now - at <= GRACE && expires_at > now && about.device == device;
        let is_parent = tokens::is_live(&self.db, family, generation + 1).await.or_internal(DOING)?;
        if let Some(sealed) = successor_sealed.filter(|_| is_in_grace && is_parent) {
            let successor = self.vault.open(place(&hash), &sealed).await?;
            return self.tokens(about.user_id.into(), family, successor).await;
        }
        self.end_stolen(family, about.user_id.into(), now).await?;
        Err(AppError::Unauthenticated)
    }

    async fn end_stolen(&self, family: Uuid, person: UserId, now: DateTime<Utc>) -> Result<(), AppError> {
        let found = self.find_person(person).await?;
        let mut tx = self.db.begin_everywhere().await?;
        if tokens::revoke_family(&mut tx, family, now).await.or_internal("ending tokens")? {
            let entry = audit::Entry {
                action: "api.refresh_reused",
                subject: family.to_string(),
                detail: "a refresh token was used twice, so its family was ended".to_owned(),
            };
            audit::record_on_instance(&mut tx, &self.ambient, format!("person:{person}"), entry).await?;
            if let Some(person) = found {
                self.mailer.post(&mut tx, &self.warning(&person)).await?;
            }
        }
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }

    fn warning(&self, person: &crate::Person) -> Mail {
        let text = format!(
            "Hello {},\n\na token of your Quartile account was used twice. Either a program of yours has a fault, or somebody has a copy of the token. To be safe, that sign-in was ended: sign the program in again.\n\nIf you know of no such program, change your password:\n{}/account\n",
            person.display_name, self.rules.base_url
        );
        Mail { to: person.email.clone(), subject: "A sign-in to Quartile was ended".to_owned(), text }
    }

    async fn tokens(&self, person: UserId, family: Uuid, refresh_token: String) -> Result<Tokens, AppError> {
        let access_token = self.signing.sign(self, person, family).await?;
        Ok(Tokens { access_token, refresh_token, expires_in: ACCESS_LASTS.num_seconds() })
    }

    fn refresh_text(&self) -> String {
        format!("mr_{}", URL_SAFE_NO_PAD.encode(self.ambient.secret::<32>()))
    }
}

fn place(hash: &[u8]) -> Place {
    // The row is found by its hash, whose first half is as good as an id.
    let row = hash.get(..16).and_then(|half| Uuid::from_slice(half).ok()).unwrap_or_default();
    Place { table: "refresh_tokens", column: "successor_sealed", row, owner: Owner::Instance }
}
