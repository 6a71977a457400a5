//! Sign-in with Google: the authorisation code flow of OpenID Connect with PKCE, state and nonce.
//!
//! No token of the provider reaches the browser or is kept.

mod known;
mod provider;
mod transaction;

use accounts::GoogleIdentity;
use axum::{
    Extension,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode, header};
use kernel::{AppError, UserId};
use platform::idempotency::{KeptAnswer, Outcome};
use serde::Deserialize;
use tower_sessions::Session;

use crate::{
    middleware::{CspNonce, plain_page},
    services::Services,
};
pub(crate) use provider::Provider;
use provider::{Claims, ProviderError};
use transaction::{Purpose, Transaction};

/// Why a sign-in did not work out; the sign-in page has a sentence for each.
#[derive(Clone, Copy, Debug)]
enum Problem {
    NotSetUp,
    ProviderSilent,
    Stale,
    Refused,
    Unverified,
    OtherAccount,
    OtherDomain,
    NotYou,
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
            Self::OtherDomain => "google-other-domain",
            Self::NotYou => "google-not-you",
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Redirect::to(&format!("/sign-in?problem={}", self.key())).into_response()
    }
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Silent => Self::ProviderSilent,
            ProviderError::Refused => Self::Refused,
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Conflict { .. } => Self::OtherAccount,
            AppError::Forbidden { .. } => Self::Unverified,
            AppError::Unauthenticated => Self::Stale,
            _ => Self::ProviderSilent,
        }
    }
}

/// What the page asks for.
#[derive(Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    next: String,
    /// What the word of the provider is wanted for: nothing to sign in, `proof`, or `link`.
    #[serde(default, rename = "for")]
    purpose: String,
}

/// What the provider sends back.
#[derive(Deserialize)]
pub(crate) struct Answer {
    state: Option<String>,
    code: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

/// Sends the person to the provider.
pub(crate) async fn start(
    State(services): State<Services>,
    session: Session,
    headers: HeaderMap,
    Query(wish): Query<Wish>,
) -> Response {
    // A link on another site must not sign somebody in behind their back.
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Redirect::to("/sign-in").into_response();
    }
    match begin(&services, &session, wish).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// Takes the person back from the provider.
pub(crate) async fn finish(
    State(services): State<Services>,
    session: Session,
    Extension(CspNonce(nonce)): Extension<CspNonce>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let outcome = complete(&services, &session, &headers, answer).await;
    // Whoever never went to the provider has nothing refused, and could fill the log with it.
    if let Err(problem) = &outcome
        && !matches!(problem, Problem::Stale | Problem::NotSetUp)
        && let Err(error) = services.accounts.note_refused_identity(problem.key()).await
    {
        tracing::error!(%error, "A refused sign-in could not be noted");
    }
    let mut response = match outcome {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(problem) => {
            let is_signed_in = person(&session).await.ok().flatten().is_some();
            let page = if is_signed_in { "/account" } else { "/sign-in" };
            match problem {
                Problem::Stale => stale(page, &nonce),
                problem => Redirect::to(&format!("{page}?problem={}", problem.key())).into_response(),
            }
        }
    };
    Transaction::forget(&services, &mut response);
    response
}

/// The answer is none to a question of this browser and of the last ten minutes, so it is refused, and not passed over.
fn stale(page: &str, nonce: &str) -> Response {
    let title = (StatusCode::BAD_REQUEST, "Nobody was signed in");
    let sentence = "This sign-in took too long, was used already, or was started in another window.";
    plain_page(title, sentence, (page, "Start again"), nonce)
}

async fn begin(services: &Services, session: &Session, wish: Wish) -> Result<Response, Problem> {
    let provider = services.google.as_ref().ok_or(Problem::NotSetUp)?;
    let purpose = match (wish.purpose.as_str(), person(session).await?) {
        ("proof", Some(person)) => Purpose::Proof(person),
        ("link", Some(person)) => {
            if !services.accounts.is_proved(session).await? {
                return Ok(Redirect::to("/account/prove?next=/account").into_response());
            }
            Purpose::Link(person)
        }
        ("proof" | "link", None) => return Ok(Redirect::to("/sign-in?next=/account").into_response()),
        _ => Purpose::SignIn,
    };
    let next = api::path_on_this_site(&wish.next).unwrap_or_default().to_owned();
    let (address, transaction) = provider.begin(purpose, next).await?;
    let mut response = Redirect::to(&address).into_response();
    transaction.remember(services, &mut response);
    Ok(response)
}

async fn complete(
    services: &Services,
    session: &Session,
    headers: &HeaderMap,
    answer: Answer,
) -> Result<String, Problem> {
    let provider = services.google.as_ref().ok_or(Problem::NotSetUp)?;
    let transaction = Transaction::recall(services, headers).ok_or(Problem::Stale)?;
    if answer.state.as_deref() != Some(transaction.state.as_str()) {
        return Err(Problem::Stale);
    }
    if answer.iss.is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(Problem::Refused);
    }
    use_up(services, &transaction.state).await?;
    let claims = provider.redeem(answer.code.ok_or(Problem::Refused)?, &transaction).await?;
    if !provider.takes(claims.additional_claims().hd.as_deref()) {
        return Err(Problem::OtherDomain);
    }
    let identity = identity(provider, &claims);
    match transaction.purpose {
        Purpose::SignIn => {
            let is_proved = Provider::has_proved_since(&claims, services.ambient.now().timestamp());
            sign_in(services, (session, headers), (identity, is_proved), &transaction.next).await
        }
        Purpose::Proof(person) => {
            require_same(session, person).await?;
            let is_theirs = services.accounts.has_identity(person, &identity).await?;
            if !is_theirs || !Provider::has_proved_since(&claims, transaction.started_at) {
                return Err(Problem::NotYou);
            }
            services.accounts.note_proof(session).await?;
            Ok(api::path_on_this_site(&transaction.next).unwrap_or("/account").to_owned())
        }
        Purpose::Link(person) => {
            require_same(session, person).await?;
            services.accounts.link_identity(person, identity).await?;
            Ok("/account?saved=google".to_owned())
        }
    }
}

/// Notes that the state was used. Whoever shows it once more, at whichever node, shows something old.
async fn use_up(services: &Services, state: &str) -> Result<(), Problem> {
    match services.idempotency.claim("sign_in.google", state, [0; 32]).await? {
        Outcome::New(claim) => {
            let used = KeptAnswer { status: 204, headers: Vec::new(), body: Vec::new() };
            Ok(services.idempotency.keep(&claim, &used).await?)
        }
        _ => Err(Problem::Stale),
    }
}

async fn sign_in(
    services: &Services,
    (session, headers): (&Session, &HeaderMap),
    (identity, is_proved): (GoogleIdentity, bool),
    next: &str,
) -> Result<String, Problem> {
    let person = services.accounts.sign_in_with_google(identity).await?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let device = accounts::device_name(agent.unwrap_or_default());
    services.accounts.begin_session(session, person.id, (&device, is_proved)).await?;
    let workspaces = services.accounts.list_workspaces(person.id).await?;
    // Checked again: what was remembered may be older than the rules.
    Ok(api::path_on_this_site(next).map_or_else(|| accounts_pages::home_of(&workspaces), str::to_owned))
}

/// Refuses if somebody else signed in meanwhile in this browser.
async fn require_same(session: &Session, person_before: UserId) -> Result<(), Problem> {
    if person(session).await? == Some(person_before) { Ok(()) } else { Err(Problem::Stale) }
}

async fn person(session: &Session) -> Result<Option<UserId>, Problem> {
    session.get(api::USER_KEY).await.map_err(|cause| {
        tracing::warn!(%cause, "A session cannot be read");
        Problem::ProviderSilent
    })
}

fn identity(provider: &Provider, claims: &Claims) -> GoogleIdentity {
    GoogleIdentity {
        issuer: provider.issuer().to_owned(),
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()).unwrap_or_default(),
        email_verified: claims.email_verified().unwrap_or(false),
        display_name: claims.name().and_then(|names| names.get(None)).map(|name| name.to_string()),
    }
}
