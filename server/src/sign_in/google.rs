//! Sign-in with Google: the authorisation code flow of OpenID Connect with PKCE, state and nonce.
//!
//! What has to be remembered between leaving and coming back is kept in the session, used once and for ten minutes. No token of the
//! provider reaches the browser or is kept.

use std::time::Duration;

use accounts::GoogleIdentity;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header};
use kernel::AppError;
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata},
    reqwest,
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use crate::{config::GoogleConfig, services::Services};

const TRANSACTION_KEY: &str = "google_transaction";
const TRANSACTION_LASTS_SECONDS: i64 = 600;

/// Why a sign-in did not work out; the sign-in page has a sentence for each.
#[derive(Clone, Copy, Debug)]
enum Problem {
    NotSetUp,
    ProviderSilent,
    Stale,
    Refused,
    Unverified,
    OtherAccount,
}

impl Problem {
    fn key(self) -> &'static str {
        match self {
            Self::NotSetUp => "google-not-set-up",
            Self::ProviderSilent => "google-silent",
            Self::Stale => "google-stale",
            Self::Refused => "google-refused",
            Self::Unverified => "google-unverified",
            Self::OtherAccount => "google-other-account",
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Redirect::to(&format!("/sign-in?problem={}", self.key())).into_response()
    }
}

/// What is remembered while the person is at the provider.
#[derive(Serialize, Deserialize)]
struct Transaction {
    state: String,
    nonce: String,
    verifier: String,
    started_at: i64,
    /// Where the person wanted to go.
    next: String,
}

/// What the sign-in page asks for.
#[derive(Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    next: String,
}

/// What the provider sends back.
#[derive(Deserialize)]
pub(crate) struct Answer {
    state: Option<String>,
    code: Option<String>,
}

/// Sends the person to the provider.
pub(crate) async fn start(
    State(services): State<Services>,
    session: Session,
    Query(wish): Query<Wish>,
) -> Response {
    match begin(&services, &session, wish.next).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Takes the person back from the provider and signs in.
pub(crate) async fn finish(
    State(services): State<Services>,
    session: Session,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let device = accounts::device_name(agent.unwrap_or_default());
    match complete(&services, (&session, &device), answer).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn begin(services: &Services, session: &Session, next: String) -> Result<String, Problem> {
    let google = services.config.google.as_ref().ok_or(Problem::NotSetUp)?;
    let metadata = discover(google).await?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(google.client_id.clone()),
        Some(ClientSecret::new(google.client_secret.reveal().to_owned())),
    )
    .set_redirect_uri(redirect_url(services)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let transaction = Transaction {
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        started_at: services.ambient.now().timestamp(),
        next,
    };
    session
        .insert(TRANSACTION_KEY, transaction)
        .await
        .map_err(|cause| silent("keeping the sign-in", &cause))?;
    Ok(address.to_string())
}

async fn complete(
    services: &Services,
    (session, device): (&Session, &str),
    answer: Answer,
) -> Result<String, Problem> {
    let google = services.config.google.as_ref().ok_or(Problem::NotSetUp)?;
    let transaction: Option<Transaction> =
        session.remove(TRANSACTION_KEY).await.map_err(|cause| silent("reading the sign-in", &cause))?;
    let transaction = transaction.ok_or(Problem::Stale)?;
    let is_fresh = services.ambient.now().timestamp() - transaction.started_at <= TRANSACTION_LASTS_SECONDS;
    if !is_fresh || answer.state.as_deref() != Some(transaction.state.as_str()) {
        return Err(Problem::Stale);
    }
    let code = answer.code.ok_or(Problem::Refused)?;
    let next = transaction.next.clone();
    let claims = redeem(services, google, code, transaction).await?;
    let identity = GoogleIdentity {
        issuer: google.issuer.clone(),
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()).unwrap_or_default(),
        email_verified: claims.email_verified().unwrap_or(false),
        display_name: claims.name().and_then(|names| names.get(None)).map(|name| name.to_string()),
    };
    let person = services.accounts.sign_in_with_google(identity).await.map_err(|error| match error {
        AppError::Conflict { .. } => Problem::OtherAccount,
        AppError::Forbidden { .. } => Problem::Unverified,
        _ => Problem::ProviderSilent,
    })?;
    // A new id, so that a session id known before sign-in is worth nothing after it.
    let begun = services.accounts.begin_session(session, person.id, device).await;
    begun.map_err(|cause| silent("beginning the session", &cause))?;
    let workspaces =
        services.accounts.list_workspaces(person.id).await.map_err(|_| Problem::ProviderSilent)?;
    let home =
        workspaces.first().map_or_else(|| "/".to_owned(), |workspace| format!("/w/{}", workspace.slug));
    Ok(api::path_on_this_site(&next).map_or(home, str::to_owned))
}

/// Trades the code for an id token and checks its signature, issuer, audience, expiry and nonce.
async fn redeem(
    services: &Services,
    google: &GoogleConfig,
    code: String,
    transaction: Transaction,
) -> Result<CoreIdTokenClaims, Problem> {
    let client = CoreClient::from_provider_metadata(
        discover(google).await?,
        ClientId::new(google.client_id.clone()),
        Some(ClientSecret::new(google.client_secret.reveal().to_owned())),
    )
    .set_redirect_uri(redirect_url(services)?);
    let tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|cause| silent("the provider has no token endpoint", &cause))?
        .set_pkce_verifier(PkceCodeVerifier::new(transaction.verifier))
        .request_async(&http_client()?)
        .await
        .map_err(|cause| refused("trading the code", &cause))?;
    let id_token = tokens.id_token().ok_or(Problem::Refused)?;
    id_token
        .claims(&client.id_token_verifier(), &Nonce::new(transaction.nonce))
        .cloned()
        .map_err(|cause| refused("checking the id token", &cause))
}

async fn discover(google: &GoogleConfig) -> Result<CoreProviderMetadata, Problem> {
    let issuer =
        IssuerUrl::new(google.issuer.clone()).map_err(|cause| silent("reading the issuer", &cause))?;
    CoreProviderMetadata::discover_async(issuer, &http_client()?)
        .await
        .map_err(|cause| silent("asking the provider about itself", &cause))
}

/// Redirects are not followed: a provider that answers with one could point inside our own network.
fn http_client() -> Result<reqwest::Client, Problem> {
    reqwest::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|cause| silent("making an http client", &cause))
}

fn redirect_url(services: &Services) -> Result<RedirectUrl, Problem> {
    RedirectUrl::new(format!("{}/sign-in/google/callback", services.config.server.base_url))
        .map_err(|cause| silent("making the way back", &cause))
}

fn silent(doing: &str, cause: &dyn std::error::Error) -> Problem {
    tracing::warn!(doing, %cause, "Sign-in with Google does not work");
    Problem::ProviderSilent
}

fn refused(doing: &str, cause: &dyn std::error::Error) -> Problem {
    tracing::warn!(doing, %cause, "Sign-in with Google was refused");
    Problem::Refused
}
