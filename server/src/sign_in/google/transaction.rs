//! What has to be remembered while the person is at the provider: in a cookie of its own, sealed, used once and for ten minutes.

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use kernel::UserId;
use platform::{open_under, seal_under};
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

use crate::{middleware::cookie, services::Services};

const LASTS_SECONDS: i64 = 600;
const BOUND_TO: &[u8] = b"sign_in.google transaction";

/// What the word of the provider is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// Somebody signs in.
    SignIn,
    /// This person, who is signed in, shows who they are once more.
    Proof(UserId),
    /// This person, who has just shown who they are, wants to sign in with the provider from now on.
    Link(UserId),
}

/// One way to the provider and back.
#[derive(Serialize, Deserialize)]
pub(super) struct Transaction {
    pub(super) purpose: Purpose,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) started_at: i64,
    /// Where the person wanted to go.
    pub(super) next: String,
}

impl Transaction {
    /// Has the browser remember it.
    pub(super) fn remember(&self, services: &Services, response: &mut Response) {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let sealed = seal_under(&key(services), &services.ambient, BOUND_TO, &text);
        set(services, URL_SAFE_NO_PAD.encode(sealed), LASTS_SECONDS, response);
    }

    /// What the browser remembers, unless it is too old.
    pub(super) fn recall(services: &Services, headers: &HeaderMap) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie(headers, name(services))?).ok()?;
        let text = open_under(&key(services), BOUND_TO, &sealed)?;
        let transaction: Self = serde_json::from_slice(&text).ok()?;
        let age = services.ambient.now().timestamp() - transaction.started_at;
        (0..=LASTS_SECONDS).contains(&age).then_some(transaction)
    }

    /// Has the browser forget it.
    pub(super) fn forget(services: &Services, response: &mut Response) {
        set(services, String::new(), 0, response);
    }
}

fn name(services: &Services) -> &'static str {
    if services.config.server.is_https() { "__Host-oauth" } else { "oauth" }
}

fn key(services: &Services) -> [u8; 32] {
    services.vault.digest("sign_in.google", b"transaction")
}

fn set(services: &Services, value: String, seconds: i64, response: &mut Response) {
    let cookie = Cookie::build((name(services), value))
        .http_only(true)
        .secure(services.config.server.is_https())
        // Lax, because the way back starts at another site.
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(Duration::seconds(seconds))
        .build();
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
