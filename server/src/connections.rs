//! Accepting connections: bounded in number, with time limits for the first byte and for the headers, and drained at the end.
//!
//! `axum::serve` has no header timeout, so half-sent requests would hold their connections for ever.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::IntoResponse};
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, timeout, timeout_at},
};
use tower::ServiceExt;

use crate::{pace::Taken, rest::problem::Problem};

pub(crate) const MOST_CONNECTIONS: u32 = 4096;
const CLOSE: HeaderValue = HeaderValue::from_static("close");
/// So long after the end has begun somebody may still connect: whoever was about to does not find a broken connection.
const LAST_LOOK: Duration = Duration::from_millis(20);
const DRAIN_WITHIN: Duration = Duration::from_secs(15);

/// How long a connection may keep the program waiting.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// From connecting to the first byte.
    pub(crate) first_byte: Duration,
    /// From the first byte of a request, or from the answer before it, to the end of its head.
    pub(crate) head: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { first_byte: Duration::from_secs(5), head: Duration::from_secs(5) }
    }
}

/// When the program ends.
#[derive(Clone)]
pub(crate) struct Ending {
    /// Turns true when it is told to end: everything is answered as before, but nobody is invited to ask again on the same connection.
    pub(crate) announced: watch::Receiver<bool>,
    /// Turns true when nobody new is let in any more.
    pub(crate) begun: watch::Receiver<bool>,
}

/// Begins to listen there; `most` may wait to be let in, if the system allows that many. If more come at once, it makes some of them try
/// again after a second, and leaves others believing that they are connected.
pub(crate) fn listen(address: SocketAddr, most: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A program that starts again soon finds connections of the one before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(most)
}

/// Serves until the ending has begun, then lets running requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, patience: Patience, ending: Ending) {
    let begun = ending.begun.clone();
    accept(listener, MOST_CONNECTIONS, begun, move |socket, peer| {
        Connection { router: router.clone(), peer, patience, ending: ending.clone() }.serve(socket)
    })
    .await;
}

/// Accepts connections, `most` at a time, until `stop` turns true, then lets those that are open end.
pub(crate) async fn accept<Served>(
    listener: TcpListener,
    most: u32,
    mut stop: watch::Receiver<bool>,
    serve: impl Fn(TcpStream, SocketAddr) -> Served,
) where
    Served: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS)));
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = stopped(&mut stop) => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok((socket, peer)) => begin(place, serve(socket, peer)),
            Err(cause) => {
                // Out of file descriptors: wait for some to be freed instead of spinning.
                tracing::warn!(%cause, "A connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    // One moment for all: however many keep coming, it passes.
    let over = Instant::now() + LAST_LOOK;
    while let Ok(place) = places.clone().try_acquire_owned() {
        let Ok(Ok((socket, peer))) = timeout_at(over, listener.accept()).await else { break };
        begin(place, serve(socket, peer));
    }
    for (socket, peer) in at_the_door(listener, places.available_permits()) {
        let Ok(place) = places.clone().try_acquire_owned() else { break };
        begin(place, serve(socket, peer));
    }
    if timeout(DRAIN_WITHIN, places.acquire_many(most)).await.is_err() {
        tracing::warn!("Some connections were still open and have been cut");
    }
}

/// Ends listening; who has connected by now, at most so many. The system is asked itself, which knows of everybody at once.
fn at_the_door(listener: TcpListener, most: usize) -> Vec<(TcpStream, SocketAddr)> {
    let mut connected = Vec::new();
    let outcome = listener.into_std().and_then(|listener| {
        while connected.len() < most {
            match listener.accept() {
                Ok((socket, peer)) => {
                    socket.set_nonblocking(true)?;
                    connected.push((TcpStream::from_std(socket)?, peer));
                }
                Err(cause) if cause.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => break,
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    });
    if let Err(cause) = outcome {
        tracing::warn!(%cause, "Whoever connected last could not be let in");
    }
    connected
}

fn begin(place: OwnedSemaphorePermit, serving: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        serving.await;
        drop(place);
    });
}

/// Waits for the first byte of a connection. False if none comes in time, or no more of them can.
pub(crate) async fn speaks(socket: &TcpStream, within: Duration) -> bool {
    matches!(timeout(within, socket.peek(&mut [0])).await, Ok(Ok(1..))) && socket.set_nodelay(true).is_ok()
}

/// Ends when the program is told to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone, which is the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

struct Connection {
    router: Router,
    peer: SocketAddr,
    patience: Patience,
    ending: Ending,
}

impl Connection {
    async fn serve(self, socket: TcpStream) {
        let Self { router, peer, patience, mut ending } = self;
        if !speaks(&socket, patience.first_byte).await {
            return;
        }
        let (asked, mut has_asked) = watch::channel(false);
        let announced = ending.announced.clone();
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            asked.send_replace(true);
            request.extensions_mut().insert(ConnectInfo(peer));
            let (router, announced) = (router.clone(), announced.clone());
            async move {
                if is_ambiguous(&request) {
                    return Ok::<_, Infallible>(refuse_ambiguous());
                }
                let answer = router.oneshot(request.map(Body::new)).await;
                let mut answer = answer.unwrap_or_else(|never| match never {});
                if *announced.borrow() {
                    answer.headers_mut().insert(header::CONNECTION, CLOSE);
                }
                Ok(answer)
            }
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(patience.head)
            .max_buf_size(64 * 1024)
            .max_headers(100);
        let serving = builder.serve_connection(TokioIo::new(Taken::new(socket)), service).with_upgrades();
        tokio::pin!(serving);
        let outcome = tokio::select! {
            outcome = serving.as_mut() => outcome,
            () = async {
                stopped(&mut ending.begun).await;
                // A connection without a request yet would be closed at once, and the request may be on its way.
                stopped(&mut has_asked).await;
            } => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(cause) = outcome {
            tracing::debug!(%peer, %cause, "A connection ended early");
        }
    }
}

/// Whether a proxy in front may read for another host than we do (RFC 9112, 3.2). Of two lengths, hyper takes the chunks and closes.
fn is_ambiguous(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let needs_host = request.version() == Version::HTTP_11;
    hosts > 1 || (needs_host && hosts == 0)
}

fn refuse_ambiguous() -> Response<Body> {
    let sentence = "The request can be read in two ways. Send the header Host, and send it once";
    let mut response = Problem::plain(StatusCode::BAD_REQUEST, sentence).into_response();
    // What follows on the line may be a part of it.
    response.headers_mut().insert(header::CONNECTION, CLOSE);
    response
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        time::sleep,
    };

    use super::*;

    const PATIENCE: Patience =
        Patience { first_byte: Duration::from_millis(300), head: Duration::from_millis(300) };

    /// A server of two pages; it stops when the sender is told so.
    async fn start() -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, stop) = watch::channel(false);
        let slow = || async {
            sleep(Duration::from_millis(900)).await;
            "late"
        };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let ending = Ending { announced: stop.clone(), begun: stop };
        (address, tell, tokio::spawn(serve(listener, router, PATIENCE, ending)))
    }

    /// Sends the text and reads until the server closes; says what came, and whether that took as long as the server waits.
    async fn converse(address: SocketAddr, text: &str) -> (String, bool) {
        let started = Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset is as good an end as a close.
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.unwrap();
        (String::from_utf8(answer).unwrap(), started.elapsed() >= Duration::from_millis(250))
    }

    #[tokio::test]
    async fn what_can_be_read_in_two_ways_is_refused_and_the_line_closed() {
        let (address, _tell, _server) = start().await;
        for ambiguous in ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"] {
            let (answer, _) = converse(address, ambiguous).await;
            assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("here"), "{ambiguous}: {answer}");
            assert!(
                answer.contains("application/problem+json") && answer.contains("Send the header Host"),
                "{answer}"
            );
        }
        // Of two lengths the chunks count, and nothing after them is a request.
        let both = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let (answer, _) = converse(address, both).await;
        assert!(answer.matches("HTTP/1.1 ").count() == 1 && !answer.contains("here"), "{answer}");
        let (answer, _) = converse(address, "GET / HTTP/1.0\r\n\r\n").await;
        assert!(answer.contains("here"), "older clients name no host: {answer}");
    }

    #[tokio::test]
    async fn a_crowd_that_comes_at_once_does_not_wait_outside() {
        const CROWD: usize = 600;
        let listener = listen("127.0.0.1:0".parse().unwrap(), MOST_CONNECTIONS).unwrap();
        let address = listener.local_addr().unwrap();
        // Whoever finds no place tries again after a second.
        let come = || timeout(Duration::from_millis(900), TcpStream::connect(address));
        let crowd = futures::future::join_all((0..CROWD).map(|_| come())).await;
        let waiting: Vec<TcpStream> =
            crowd.into_iter().filter_map(|connected| connected.ok().and_then(Result::ok)).collect();
        assert_eq!(waiting.len(), CROWD);
        for number in 0..CROWD {
            let let_in = timeout(Duration::from_secs(1), listener.accept()).await;
            assert!(let_in.is_ok_and(|accepted| accepted.is_ok()), "only {number} are at the door");
        }
    }

    #[tokio::test]
    async fn whoever_says_nothing_is_cut_off() {
        let (address, _tell, _server) = start().await;
        assert_eq!(converse(address, "").await, (String::new(), true));
    }

    #[tokio::test]
    async fn half_a_head_holds_no_connection() {
        let (address, _tell, _server) = start().await;
        let (answer, has_waited) = converse(address, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
        assert!(!answer.contains("200 OK") && has_waited, "{answer}");
    }

    #[tokio::test]
    async fn a_connection_kept_open_without_a_word_ends_too() {
        let (address, _tell, _server) = start().await;
        let (answer, has_waited) = converse(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(answer.ends_with("here") && has_waited, "{answer}");
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_gets_it_before_the_end() {
        let (address, tell, server) = start().await;
        let asked =
            tokio::spawn(async move { converse(address, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await });
        sleep(Duration::from_millis(300)).await;
        tell.send(true).unwrap();
        server.await.unwrap();
        assert!(asked.await.unwrap().0.ends_with("late"));
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn whoever_keeps_coming_does_not_put_off_the_end() {
        let (address, tell, server) = start().await;
        let come = || async move {
            while let Ok(mut stream) = TcpStream::connect(address).await {
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            }
        };
        let crowd = [come(), come(), come()].map(tokio::spawn);
        sleep(Duration::from_millis(50)).await;
        tell.send(true).unwrap();
        assert!(timeout(Duration::from_secs(5), server).await.is_ok(), "it goes on");
        crowd.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn whoever_is_connected_when_the_end_begins_is_answered_too() {
        let (address, tell, server) = start().await;
        let mut streams = Vec::new();
        for _ in 0..50 {
            streams.push(TcpStream::connect(address).await.unwrap());
        }
        tell.send(true).unwrap();
        for stream in &mut streams {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        }
        for stream in &mut streams {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with("here") && answer.contains("connection: close"), "{answer}");
        }
        server.await.unwrap();
    }
}
