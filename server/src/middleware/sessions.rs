//! The cookie of a session: opaque, for this site alone, and out of reach of scripts.

use std::sync::Arc;

use accounts::{Accounts, SessionSecret};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, header};
use tower_sessions::{
    Expiry, Session,
    cookie::{Cookie, SameSite, time::Duration},
};

use super::{Asker, refusals::cookie};
use kernel::AppError;

/// What the cookie looks like.
#[derive(Clone)]
pub(crate) struct SessionState {
    pub(crate) accounts: Accounts,
    /// Whether people come over TLS.
    pub(crate) is_https: bool,
}

impl SessionState {
    fn name(&self) -> &'static str {
        if self.is_https { "__Host-sid" } else { "sid" }
    }

    fn life(&self) -> Duration {
        Duration::minutes(self.accounts.rules().session_life.num_minutes())
    }

    fn cookie(&self, value: String, life: Duration) -> String {
        Cookie::build((self.name(), value))
            .http_only(true)
            .secure(self.is_https)
            // Lax, because Strict would drop the cookie on the way back from Google.
            .same_site(SameSite::Lax)
            .path("/")
            .max_age(life)
            .build()
            .to_string()
    }
}

/// Hands the session to whoever answers the request, and keeps it afterwards if something in it changed.
pub(crate) async fn carry_session(
    State(state): State<SessionState>,
    mut request: Request,
    next: Next,
) -> Response {
    let shown = cookie(request.headers(), state.name()).map(str::to_owned);
    let secret = shown.as_deref().and_then(SessionSecret::parse);
    let row = Arc::new(state.accounts.session_row(secret.clone()));
    let expiry = Expiry::OnInactivity(state.life());
    if let Some(secret) = secret.clone() {
        request.extensions_mut().insert(secret);
    }
    let session = Session::new(secret.map(|secret| secret.id()), row.clone(), Some(expiry));
    request.extensions_mut().insert(session.clone());
    let asker = Asker::of(&request);
    let mut response = next.run(request).await;

    let is_empty = session.is_empty().await;
    // Only a sign-out takes the cookie away: a request that came late with an old one must not take the new one along.
    let set = if is_empty && shown.is_some() && session.is_modified() {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
        Some(state.cookie(String::new(), Duration::ZERO))
    } else if session.is_modified() && !is_empty && !response.status().is_server_error() {
        if let Err(error) = session.save().await {
            tracing::error!(%error, "A session could not be kept");
            let message = "Your sign-in could not be kept. Try again in a moment".to_owned();
            return asker.refuse(AppError::Unavailable { message });
        }
        row.secret().map(|secret| state.cookie(secret.reveal(), state.life()))
    } else {
        None
    };
    if let Some(value) = set.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
