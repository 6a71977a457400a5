//! Asking other machines over HTTP, without being led to places that only this machine can reach.
//!
//! Every address is looked up once; the answer is checked, and exactly what was checked is connected to, so that a name cannot turn into
//! another address in between. Redirects are not followed. What a machine that is not well costs is bounded in time and size, and after
//! a few failures it is left alone for a while.

mod guard;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, future::BoxFuture};
use kernel::Ambient;
use reqwest::{
    Request,
    header::{HeaderMap, HeaderValue},
    redirect::Policy,
};
use url::{Host, Url};

use crate::{Breaker, TRACEPARENT, Trace, origin};
pub use guard::is_public;

const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const LARGEST_ANSWER: usize = 1024 * 1024;
/// Where the web is served; other ports belong to other things.
const PORTS: [u16; 3] = [80, 443, 8443];

/// Finds the addresses of a name.
pub type Resolver = Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// The address is none that the program may ask. Says no more, so that nobody can explore the network with it.
    #[error("this address may not be asked")]
    Closed,
    /// It failed often; it is asked again in a while.
    #[error("it has failed several times and is left alone for a moment")]
    LeftAlone,
    /// Nobody says in time what its name stands for.
    #[error("its name cannot be looked up at the moment")]
    Nameless,
    /// It did not answer in time, or not at all.
    #[error("it does not answer")]
    Silent(#[source] reqwest::Error),
    /// The answer was larger than anything that is expected.
    #[error("its answer is too large")]
    TooLarge,
    /// The request cannot be sent.
    #[error("the request cannot be sent")]
    Unfit(#[source] reqwest::Error),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Asks other machines. Cheap to clone.
#[derive(Clone)]
pub struct Outside {
    ambient: Ambient,
    resolver: Resolver,
    /// `host:port` that the operator named, which may be anywhere and without TLS.
    named: Arc<Vec<String>>,
    breakers: Arc<Mutex<HashMap<String, Arc<Breaker>>>>,
    look_up_within: Duration,
}

impl Outside {
    /// Asks machines on the open internet, and those at the addresses that the operator named in the settings.
    pub fn new(ambient: Ambient, named: &[&str]) -> Self {
        let resolver: Resolver = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
        });
        Self::with_resolver(ambient, named, resolver)
    }

    /// The same with another way to look names up.
    pub fn with_resolver(ambient: Ambient, named: &[&str], resolver: Resolver) -> Self {
        let named = named.iter().filter_map(|url| authority(&Url::parse(url).ok()?)).collect();
        let look_up_within = CONNECT_WITHIN;
        Self { ambient, resolver, named: Arc::new(named), breakers: Arc::default(), look_up_within }
    }

    /// Sends the request as part of the trace of whoever asks, and reads the whole answer.
    pub async fn send(&self, mut request: Request) -> Result<Answer, OutsideError> {
        let trace = origin::trace().unwrap_or_else(|| Trace::begin(&self.ambient)).step(&self.ambient);
        if let Ok(trace) = HeaderValue::from_str(&trace.to_string()) {
            request.headers_mut().insert(TRACEPARENT, trace);
        }
        let (authority, is_named) = self.check(request.url())?;
        let work = async {
            match self.addresses(request.url()).await? {
                addresses if is_open(&addresses, is_named) => exchange(request, &addresses).await.map(Ok),
                _ => Ok(Err(OutsideError::Closed)),
            }
        };
        let answer = self.breaker(authority).guard(work).await;
        answer.ok_or(OutsideError::LeftAlone)??
    }

    /// Whether somebody is left alone at the moment because asking failed.
    pub fn leaves_somebody_alone(&self) -> bool {
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.values().any(|breaker| breaker.is_open())
    }

    /// Where exactly a request to that address would be sent, for tests that must not send one.
    #[cfg(feature = "testing")]
    pub async fn would_ask(&self, url: &Url) -> Result<Vec<SocketAddr>, OutsideError> {
        let (_, is_named) = self.check(url)?;
        let addresses = self.addresses(url).await?;
        if is_open(&addresses, is_named) { Ok(addresses) } else { Err(OutsideError::Closed) }
    }

    /// Who would be asked, and whether the operator named them; whatever the address leads to.
    fn check(&self, url: &Url) -> Result<(String, bool), OutsideError> {
        let is_bare = url.username().is_empty() && url.password().is_none();
        let port = url.port_or_known_default().filter(|_| is_bare).ok_or(OutsideError::Closed)?;
        let authority = authority(url).ok_or(OutsideError::Closed)?;
        let is_named = self.named.contains(&authority);
        if !is_named && (url.scheme() != "https" || !PORTS.contains(&port)) {
            return Err(OutsideError::Closed);
        }
        Ok((authority, is_named))
    }

    /// Where exactly that is; nowhere if nobody knows the name.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, OutsideError> {
        let Some((host, port)) = url.host().zip(url.port_or_known_default()) else { return Ok(Vec::new()) };
        match host {
            Host::Ipv4(address) => Ok(vec![SocketAddr::from((address, port))]),
            Host::Ipv6(address) => Ok(vec![SocketAddr::from((address, port))]),
            Host::Domain(name) => {
                let looking = (self.resolver)(name.to_owned(), port);
                let found = tokio::time::timeout(self.look_up_within, looking).await;
                Ok(found.map_err(|_| OutsideError::Nameless)?.unwrap_or_default())
            }
        }
    }

    fn breaker(&self, authority: String) -> Arc<Breaker> {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.entry(authority).or_insert_with(|| Arc::new(Breaker::new(self.ambient.clone()))).clone()
    }
}

fn authority(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

fn is_open(addresses: &[SocketAddr], is_named: bool) -> bool {
    !addresses.is_empty() && (is_named || addresses.iter().all(|address| is_public(address.ip())))
}

/// An answer of the machine's own fault counts as a failure, one that refuses the request does not.
async fn exchange(request: Request, addresses: &[SocketAddr]) -> Result<Answer, OutsideError> {
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN);
    if let Some(Host::Domain(name)) = request.url().host() {
        builder = builder.resolve_to_addrs(name, addresses);
    }
    let client = builder.build().map_err(OutsideError::Unfit)?;
    let answer = client.execute(request).await.map_err(OutsideError::Silent)?;
    if answer.status().is_server_error() {
        return Err(OutsideError::Silent(answer.error_for_status().err().ok_or(OutsideError::TooLarge)?));
    }
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let mut body = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(OutsideError::Silent)?;
        if body.len() + piece.len() > LARGEST_ANSWER {
            return Err(OutsideError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, headers, body })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that counts who connects and answers everybody with this; its port.
    async fn server(answer: Vec<u8>, hits: Arc<AtomicUsize>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                hits.fetch_add(1, Ordering::SeqCst);
                let mut asked = [0; 2048];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&answer).await;
            }
        });
        port
    }

    fn outside(named: &[&str], found: Vec<SocketAddr>) -> Outside {
        let resolver: Resolver = Arc::new(move |_, _| {
            let found = found.clone();
            Box::pin(async move { Ok(found) })
        });
        Outside::with_resolver(Ambient::system(), named, resolver)
    }

    async fn ask(outside: &Outside, url: &str) -> Result<Answer, OutsideError> {
        outside.send(Request::new(reqwest::Method::GET, Url::parse(url).unwrap())).await
    }

    #[tokio::test]
    async fn nobody_leads_the_program_into_its_own_network() {
        let hits = Arc::new(AtomicUsize::new(0));
        let port = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), hits.clone()).await;
        let inside = vec![SocketAddr::from(([127, 0, 0, 1], port))];
        let mixed = vec![SocketAddr::from(([8, 8, 8, 8], 443)), SocketAddr::from(([10, 0, 0, 1], 443))];
        let literals = [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://169.254.169.254/latest/meta-data",
            "https://metadata.google.internal/",
            "https://10.0.0.1/",
            "https://100.64.0.1/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://inside.example/",
            "https://inside.example./",
            "file:///etc/passwd",
            "gopher://x.example/",
            "https://user@x.example/",
            "https://user:word@x.example/",
            "https://x.example:22/",
            "https://x.example:6379/",
            "http://x.example/",
        ];
        for found in [inside, mixed, Vec::new()] {
            let outside = outside(&["https://accounts.example"], found);
            for url in literals {
                let error = ask(&outside, url).await.unwrap_err();
                assert!(matches!(error, OutsideError::Closed), "{url}: {error:?}");
            }
            let error = ask(&outside, &format!("http://127.0.0.1:{port}/")).await.unwrap_err();
            assert!(matches!(error, OutsideError::Closed), "{error:?}");
        }
        assert_eq!(hits.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn what_the_operator_named_is_asked_wherever_it_is_and_leads_nowhere_else() {
        let (hits, deeper) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let inner = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), deeper.clone()).await;
        let answer =
            format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\n\r\n");
        let port = server(answer.into_bytes(), hits.clone()).await;
        let named = format!("http://127.0.0.1:{port}");
        let outside = outside(&[&named], Vec::new());
        assert_eq!(ask(&outside, &format!("{named}/x")).await.unwrap().status, 302);
        assert_eq!((hits.load(Ordering::SeqCst), deeper.load(Ordering::SeqCst)), (1, 0));
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut_off() {
        let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        answer.resize(LARGEST_ANSWER + 2048, b'x');
        let port = server(answer, Arc::default()).await;
        let named = format!("http://127.0.0.1:{port}");
        let error = ask(&outside(&[&named], Vec::new()), &named).await.unwrap_err();
        assert!(matches!(error, OutsideError::TooLarge), "{error:?}");
    }

    #[tokio::test]
    async fn a_machine_that_is_not_well_is_left_alone() {
        let hits = Arc::new(AtomicUsize::new(0));
        let answer = b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec();
        let port = server(answer, hits.clone()).await;
        let named = format!("http://127.0.0.1:{port}");
        let outside = outside(&[&named], Vec::new());
        for _ in 0..5 {
            assert!(matches!(ask(&outside, &named).await, Err(OutsideError::Silent(_))));
        }
        assert!(matches!(ask(&outside, &named).await, Err(OutsideError::LeftAlone)));
        assert_eq!(hits.load(Ordering::SeqCst), 5);
    }

    #[tokio::test]
    async fn a_name_that_nobody_looks_up_in_time_is_left_alone_too() {
        let looked_up = Arc::new(AtomicUsize::new(0));
        let resolver: Resolver = {
            let looked_up = looked_up.clone();
            Arc::new(move |_, _| {
                looked_up.fetch_add(1, Ordering::SeqCst);
                Box::pin(std::future::pending())
            })
        };
        let look_up_within = Duration::from_millis(10);
        let outside = Outside::with_resolver(Ambient::system(), &[], resolver);
        let outside = Outside { look_up_within, ..outside };
        for _ in 0..5 {
            assert!(matches!(ask(&outside, "https://x.example/").await, Err(OutsideError::Nameless)));
        }
        assert!(matches!(ask(&outside, "https://x.example/").await, Err(OutsideError::LeftAlone)));
        assert!(outside.leaves_somebody_alone());
        assert_eq!(looked_up.load(Ordering::SeqCst), 5);
    }

    #[tokio::test]
    async fn an_address_that_may_not_be_asked_is_refused_in_the_same_words_however_often() {
        let outside = outside(&[], vec![SocketAddr::from(([10, 0, 0, 1], 443))]);
        for _ in 0..12 {
            assert!(matches!(ask(&outside, "https://x.example/").await, Err(OutsideError::Closed)));
        }
    }
}
