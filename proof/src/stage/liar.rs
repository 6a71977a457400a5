//! A sign-in provider that lies: about who it is, about who signed in, and by saying too much or nothing.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use crate::{Failure, stage::Settings};

const CLIENT_SECRET: &str = "a-secret-of-the-client";

/// What it lies about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Its tokens say that they need no signature.
    NoSignature,
    /// Its tokens are signed with the secret of the client.
    ClientSecret,
    /// The same, though it does not say that it signs in that way.
    UnannouncedClientSecret,
    /// Its tokens are signed with a key that it does not publish.
    UnknownKey,
    /// Its tokens bear a signature that is none.
    Nonsense,
    /// It says that it is somebody else.
    OtherIssuer,
    /// It sends on whoever asks who it is.
    Redirect,
    /// It does not stop talking.
    Endless,
    /// It says nothing.
    Silence,
    /// Where its keys should be is something else.
    Garbage,
}

#[derive(Default)]
struct State {
    lie: Option<Lie>,
    nonce: String,
    token_calls: u64,
    key_calls: u64,
    last_form: String,
}

/// A running liar; it ends with the value.
pub(crate) struct Liar {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Liar {
    /// Starts a provider that tells that lie.
    pub(crate) async fn start(lie: Lie) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State { lie: Some(lie), ..State::default() }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                let service = service_fn(move |request| answer(request, shared.clone(), address));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { address, state, task })
    }

    /// The settings of a program that believes it.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.set("google.issuer", issuer(self.address));
        settings.set("google.client_id", "quartile").set("google.client_secret", CLIENT_SECRET);
        settings
    }

    /// The nonce that its next token bears.
    pub(crate) fn bear(&self, nonce: &str) {
        nonce.clone_into(&mut self.lock().nonce);
    }

    /// How often codes were given in for tokens.
    pub(crate) fn token_calls(&self) -> u64 {
        self.lock().token_calls
    }

    /// How often its keys were asked for.
    pub(crate) fn key_calls(&self) -> u64 {
        self.lock().key_calls
    }

    /// What came with the last code.
    pub(crate) fn last_form(&self) -> String {
        self.lock().last_form.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn issuer(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    address: SocketAddr,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body =
        request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let lie = state.lock().unwrap_or_else(PoisonError::into_inner).lie;
    if lie == Some(Lie::Silence) {
        sleep(Duration::from_mins(2)).await;
    }
    let text = match path.as_str() {
        "/.well-known/openid-configuration" => match lie {
            Some(Lie::Redirect) => {
                let elsewhere = format!("{}/elsewhere", issuer(address));
                let response = Response::builder().status(302).header("location", elsewhere);
                return Ok(response.body(Full::default()).unwrap_or_default());
            }
            Some(Lie::Endless) => " ".repeat(64 << 20),
            _ => description(lie, address).to_string(),
        },
        "/elsewhere" => description(lie, address).to_string(),
        "/keys" => {
            state.lock().unwrap_or_else(PoisonError::into_inner).key_calls += 1;
            if lie == Some(Lie::Garbage) { "<html>Not now</html>".to_owned() } else { keys().to_string() }
        }
        "/token" => {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.token_calls += 1;
            state.last_form = String::from_utf8_lossy(&body).into_owned();
            let token = id_token(lie, &state.nonce, address);
            json!({ "access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token })
                .to_string()
        }
        _ => "{}".to_owned(),
    };
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Full::new(Bytes::from(text))).unwrap_or_default())
}

fn description(lie: Option<Lie>, address: SocketAddr) -> Value {
    let own = issuer(address);
    let named = if lie == Some(Lie::OtherIssuer) { "https://accounts.google.com" } else { own.as_str() };
    let algorithms = if lie == Some(Lie::UnannouncedClientSecret) {
        vec!["RS256"]
    } else {
        vec!["RS256", "HS256", "none"]
    };
    json!({
        "issuer": named,
        "authorization_endpoint": format!("{own}/authorize"),
        "token_endpoint": format!("{own}/token"),
        "jwks_uri": format!("{own}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
    })
}

/// A key of which nobody knows the other half.
fn keys() -> Value {
    let modulus: Vec<u8> = (0..=255_u8).map(|number| number.wrapping_mul(7) | 0x81).collect();
    let key = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "known", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(modulus) });
    json!({ "keys": [key] })
}

fn id_token(lie: Option<Lie>, nonce: &str, address: SocketAddr) -> String {
    let (algorithm, kid) = match lie {
        Some(Lie::NoSignature) => ("none", "known"),
        Some(Lie::ClientSecret | Lie::UnannouncedClientSecret) => ("HS256", "known"),
        Some(Lie::UnknownKey) => ("RS256", "unknown"),
        _ => ("RS256", "known"),
    };
    let head = json!({ "alg": algorithm, "kid": kid, "typ": "JWT" });
    // In force for a long time around now: the clock is not what it lies about.
    let claims = json!({
        "iss": issuer(address), "aud": "quartile", "sub": "liar-1", "nonce": nonce, "email": "mallory@example.com",
        "email_verified": true, "name": "Mallory", "iat": now() - 5, "exp": now() + 600, "auth_time": now() - 5,
    });
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(head.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = match lie {
        Some(Lie::NoSignature) => Vec::new(),
        Some(Lie::ClientSecret | Lie::UnannouncedClientSecret) => {
            let mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes());
            mac.map(|mut mac| {
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            })
            .unwrap_or_default()
        }
        _ => vec![1; 256],
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn now() -> i64 {
    kernel::Clock::now(&kernel::SystemClock).timestamp()
}
