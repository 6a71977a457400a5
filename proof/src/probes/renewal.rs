//! A proxy that keeps somebody signed in: whoever generates requests ends the sign-in sooner or later, and would then find out nothing
//! more. A request that bears the token it was given is tried once more with a new one if the old one has ended; everything else passes
//! as it is.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle};

use super::{cast::OURS, people::tokens_from};
use crate::{
    Failure,
    client::{Answer, Ask, Door},
};

const KEY: &str = "idempotency-key";
const TRANSFER: &str = "/api/v1/workspaces/current/transfer";
/// What generated requests bear.
pub(crate) const TOKEN: &str = "whoever-this-is";
/// What requests bear that are made once more as somebody of another workspace.
pub(crate) const TOKEN_OF_OTHERS: &str = "somebody-else";
/// From where it signs in, so that generated wrong passwords do not make it wait.
const ITS_OWN: Ipv4Addr = Ipv4Addr::new(127, 77, 7, 7);
/// What belongs to one connection and is not passed on; the program is asked by its own name.
const OF_THE_LINE: [&str; 6] =
    ["host", "connection", "transfer-encoding", "content-length", "keep-alive", "expect"];

/// Whoever is given our workspace gives it back at once: what is asked after that is asked by its owner again.
pub(crate) struct Heir {
    /// Under which address they sign in.
    pub(crate) email: String,
    /// The id of whoever gets it back.
    pub(crate) owner: String,
}

/// A running proxy; it ends with the value.
pub(crate) struct Renewal {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    who: Arc<Who>,
    task: JoinHandle<()>,
}

struct Who {
    door: Door,
    people: Vec<SignIn>,
    heir: Option<Heir>,
    requests: AtomicUsize,
}

/// Somebody, by what requests bear that are theirs.
struct SignIn {
    borne: String,
    email: String,
    token: Mutex<String>,
    answered: AtomicUsize,
}

impl Renewal {
    /// A proxy to `door` that acts as the people with these addresses, each by what requests bear that are theirs.
    pub(crate) async fn start(
        door: &Door,
        people: &[(&str, &str)],
        heir: Option<Heir>,
    ) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let who = Arc::new(Who {
            door: door.clone(),
            people: people.iter().map(|(borne, email)| SignIn::new(borne, email)).collect(),
            heir,
            requests: AtomicUsize::new(0),
        });
        let passing = who.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let who = passing.clone();
                let service = service_fn(move |request| pass(request, who.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { address, who, task })
    }

    /// How many requests that bore this were answered to whoever it stands for.
    pub(crate) fn answered(&self, borne: &str) -> usize {
        let borne = format!("Bearer {borne}");
        let people = self.who.people.iter().filter(|person| person.borne == borne);
        people.map(|person| person.answered.load(Ordering::Relaxed)).sum()
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SignIn {
    fn new(borne: &str, email: &str) -> Self {
        Self {
            borne: format!("Bearer {borne}"),
            email: email.to_owned(),
            token: Mutex::default(),
            answered: AtomicUsize::new(0),
        }
    }
}

impl Who {
    async fn give_back(&self) -> Result<(), Failure> {
        let Some(heir) = &self.heir else { return Ok(()) };
        let (token, _) = tokens_from(&self.door, &heir.email, ITS_OWN).await?;
        let ask = Ask::post(TRANSFER).bearer(&token).workspace(OURS);
        let answer = self.door.send(ask.json(&serde_json::json!({ "person": heir.owner }))).await?;
        if answer.status == 204 {
            return Ok(());
        }
        Err(format!("giving the workspace back was answered with {}", answer.in_short()).into())
    }

    /// Whoever generates requests takes the same key for many, and is then answered with what was made and removed long before. A key
    /// that is one is made a new one; what is none stays as it is.
    fn renew_key(&self, headers: &mut HeaderMap) {
        let key = headers.get(KEY).and_then(|value| value.to_str().ok());
        let Some(key) = key.filter(|key| (1..=255).contains(&key.len()) && !key.contains(' ')) else {
            return;
        };
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        // There is room for the number also after the longest key.
        let beginning = key.get(..key.len().min(200)).unwrap_or_default();
        if let Ok(value) = http::HeaderValue::from_str(&format!("{beginning}-{number}")) {
            headers.insert(KEY, value);
        }
    }
}

async fn pass(request: Request<Incoming>, who: Arc<Who>) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = match carry(request, &who).await {
        Ok(answer) => {
            let mut response = Response::builder().status(answer.status);
            if let Some(headers) = response.headers_mut() {
                *headers = without_line(&answer.headers);
            }
            response.body(Full::new(answer.body)).unwrap_or_default()
        }
        // Said in words that no check of answers takes for the program's.
        Err(failure) => Response::builder()
            .status(599)
            .body(Full::new(Bytes::from(failure.to_string())))
            .unwrap_or_default(),
    };
    Ok(response)
}

async fn carry(request: Request<Incoming>, who: &Who) -> Result<Answer, Failure> {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut headers = without_line(&head.headers);
    who.renew_key(&mut headers);
    let ask = Ask::new(head.method.as_str(), path).passing_on(&headers);
    let ask = ask.bytes(body.collect().await?.to_bytes());
    let bears = |person: &&SignIn| {
        head.headers.get("authorization").is_some_and(|value| value == person.borne.as_str())
    };
    let Some(person) = who.people.iter().find(bears) else { return who.door.send(ask).await };
    let token = person.token.lock().await.clone();
    let mut answer = who.door.send(ask.clone().rather_bearer(&token)).await?;
    if answer.status == 401 {
        let renewed = {
            let mut kept = person.token.lock().await;
            if *kept == token {
                (*kept, _) = tokens_from(&who.door, &person.email, ITS_OWN).await?;
            }
            kept.clone()
        };
        answer = who.door.send(ask.rather_bearer(&renewed)).await?;
    }
    if answer.status != 401 {
        person.answered.fetch_add(1, Ordering::Relaxed);
    }
    if answer.status == 204 && path == TRANSFER {
        who.give_back().await?;
    }
    Ok(answer)
}

fn without_line(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| !OF_THE_LINE.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
