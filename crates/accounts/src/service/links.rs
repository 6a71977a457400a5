//! Links in messages: good for one thing, once, for a while.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use db::Tx;
use kernel::{AppError, OrInternal};
use uuid::Uuid;

use super::Accounts;
use crate::engine::secret_hash as hash;
use crate::store::requests::{self, Link};

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Confirms the address of someone who signs up.
    SignUp,
    /// Sets a new password.
    Reset,
    /// Makes somebody an administrator.
    Administrator,
}

impl Purpose {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Reset => "reset",
            Self::Administrator => "administrator",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::SignUp => "/sign-up/confirm",
            Self::Reset => "/reset-password",
            Self::Administrator => "/admin/claim",
        }
    }

    pub(super) fn lasts(self) -> TimeDelta {
        match self {
            Self::SignUp | Self::Administrator => TimeDelta::hours(24),
            Self::Reset => TimeDelta::hours(1),
        }
    }
}

impl Accounts {
    /// Makes a link; its secret is in the address alone.
    pub(super) async fn make_link(
        &self,
        tx: &mut Tx,
        purpose: Purpose,
        subject: Uuid,
    ) -> Result<String, AppError> {
        let secret = URL_SAFE_NO_PAD.encode(self.ambient.secret::<32>());
        let link = Link { secret_hash: &hash(&secret), purpose: purpose.key() };
        requests::insert_link(tx, &link, subject, self.ambient.now() + purpose.lasts())
            .await
            .or_internal("keeping a link")?;
        Ok(format!("{}{}?link={secret}", self.rules.base_url, purpose.path()))
    }

    /// What a link that is still good leads to.
    pub(super) async fn follow_link(&self, purpose: Purpose, secret: &str) -> Result<Uuid, AppError> {
        let link = Link { secret_hash: &hash(secret), purpose: purpose.key() };
        requests::find_link(&self.db, &link, self.ambient.now())
            .await
            .or_internal("looking for a link")?
            .ok_or_else(worn_out)
    }

    /// Uses a link up, and every other of its purpose that leads to the same.
    pub(super) async fn use_link(
        &self,
        tx: &mut Tx,
        (purpose, secret): (Purpose, &str),
        subject: Uuid,
    ) -> Result<(), AppError> {
        let link = Link { secret_hash: &hash(secret), purpose: purpose.key() };
        if !requests::use_link(tx, &link, self.ambient.now()).await.or_internal("using a link")? {
            return Err(worn_out());
        }
        requests::delete_links(tx, subject, purpose.key()).await.or_internal("removing links")
    }
}

fn worn_out() -> AppError {
    AppError::conflict("This link was used before or is too old. Ask for a new one; it comes within a minute")
}
