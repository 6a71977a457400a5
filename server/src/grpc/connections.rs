//! Connections of gRPC: HTTP/2 without TLS, bounded in number and time, drained at the end.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use super::guards::held;
use crate::connections::{accept, speaks, stopped};

pub(crate) const MOST_CONNECTIONS: u32 = 1024;
const MOST_CALLS: u32 = 100;
/// What a caller may send ahead of what is read: for a call, and for all calls of a connection. In bytes.
const CALL_AHEAD: u32 = 64 * 1024;
const CONNECTION_AHEAD: u32 = 256 * 1024;
const LARGEST_HEAD: u32 = 16 * 1024;

/// How long a connection may keep the program waiting.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// From connecting to the first byte.
    pub(super) first_byte: Duration,
    /// From connecting to the first call.
    pub(super) first_call: Duration,
    /// Without a call under way.
    pub(super) unused: Duration,
    /// Until an answer to the question whether it is still there.
    pub(super) pong: Duration,
    /// In all. After that the caller connects again.
    pub(super) life: Duration,
    /// From being told to end until its last call is answered; as long as the longest call.
    pub(super) end: Duration,
    /// From its last answer until it is cut.
    pub(super) farewell: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(5),
            first_call: Duration::from_secs(30),
            unused: Duration::from_mins(5),
            pong: Duration::from_secs(20),
            life: Duration::from_hours(1),
            end: Duration::from_mins(10),
            farewell: Duration::from_secs(5),
        }
    }
}

/// Serves until `stop` turns true, then lets running calls end.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: watch::Receiver<bool>,
) {
    let stopping = stop.clone();
    accept(listener, MOST_CONNECTIONS, stop, move |socket, peer| {
        Connection { router: router.clone(), peer, patience, stop: stopping.clone() }.serve(socket)
    })
    .await;
}

struct Connection {
    router: Router,
    peer: SocketAddr,
    patience: Patience,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(self, socket: TcpStream) {
        let Self { router, peer, patience, mut stop } = self;
        if !speaks(&socket, patience.first_byte).await {
            return;
        }
        let (calls, mut under_way) = watch::channel(0);
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let call = UnderWay::new(calls.clone());
            let answer = router.clone().oneshot(request.map(Body::new));
            async move {
                let answer = answer.await.unwrap_or_else(|never| match never {});
                Ok::<_, Infallible>(answer.map(|body| held(body, call)))
            }
        });
        let serving = builder(patience).serve_connection(TokioIo::new(socket), service);
        tokio::pin!(serving);
        let ends = async {
            tokio::select! {
                () = stopped(&mut stop) => {}
                () = unused(under_way.clone(), patience) => {}
                () = sleep(patience.life) => {}
            }
        };
        let outcome = tokio::select! {
            outcome = serving.as_mut() => outcome,
            () = ends => {
                serving.as_mut().graceful_shutdown();
                // Whoever has not even greeted, or does not answer any more, is not waited for.
                let cut = async {
                    let _ = timeout(patience.end, under_way.wait_for(|calls| *calls == 0)).await;
                    sleep(patience.farewell).await;
                };
                tokio::select! {
                    outcome = serving.as_mut() => outcome,
                    () = cut => Ok(()),
                }
            }
        };
        if let Err(cause) = outcome {
            tracing::debug!(%peer, %cause, "A connection ended early");
        }
    }
}

fn builder(patience: Patience) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(patience.pong)
        .keep_alive_timeout(patience.pong)
        .max_concurrent_streams(MOST_CALLS)
        .initial_stream_window_size(CALL_AHEAD)
        .initial_connection_window_size(CONNECTION_AHEAD)
        .max_header_list_size(LARGEST_HEAD)
        .max_send_buf_size(CALL_AHEAD as usize);
    builder
}

/// A call that is under way; it is over when the value goes.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn new(calls: watch::Sender<usize>) -> Self {
        calls.send_modify(|calls| *calls += 1);
        Self(calls)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|calls| *calls = calls.saturating_sub(1));
    }
}

/// Ends when no call came at all, or none was under way for so long.
async fn unused(mut calls: watch::Receiver<usize>, patience: Patience) {
    let mut most = patience.first_call;
    loop {
        match timeout(most, calls.changed()).await {
            Ok(Ok(())) => most = patience.unused,
            Err(_) if *calls.borrow() > 0 => {}
            // Nobody calls; or whoever could begin a call is gone, and the connection with them.
            Err(_) | Ok(Err(_)) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SOON: Duration = Duration::from_millis(200);
    /// How a connection of HTTP/2 begins: the greeting, and settings that change nothing.
    const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

    async fn start() -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let patience = Patience { first_byte: SOON, first_call: SOON, farewell: SOON, ..Patience::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, stop) = watch::channel(false);
        let router = Router::new().route("/", get(|| async { "here" }));
        (address, tell, tokio::spawn(serve(listener, router, patience, stop)))
    }

    /// Sends the bytes and reads until the server closes; whether that took as long as the server waits.
    async fn is_waited_for(address: SocketAddr, bytes: &[u8]) -> bool {
        let begun = tokio::time::Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        // A reset is as good an end as a close.
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut Vec::new())).await.unwrap();
        begun.elapsed() >= SOON
    }

    #[tokio::test]
    async fn whoever_says_nothing_or_asks_for_nothing_is_cut_off() {
        let (address, _tell, _server) = start().await;
        for bytes in [b"".as_slice(), b"PRI * HTTP/2", GREETING] {
            assert!(is_waited_for(address, bytes).await, "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn a_connection_is_unused_when_its_last_call_is_long_over() {
        let patience = Patience { first_call: SOON * 5, unused: SOON, ..Patience::default() };
        let (calls, under_way) = watch::channel(0);
        let begun = tokio::time::Instant::now();
        let unused = tokio::spawn(unused(under_way, patience));
        let call = UnderWay::new(calls.clone());
        sleep(SOON * 3).await;
        assert!(!unused.is_finished());
        drop(call);
        timeout(Duration::from_secs(20), unused).await.unwrap().unwrap();
        assert!(begun.elapsed() >= SOON * 4);
    }

    #[tokio::test]
    async fn what_is_no_http_2_is_refused_at_once() {
        let (address, _tell, _server) = start().await;
        assert!(!is_waited_for(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await);
    }

    #[tokio::test]
    async fn when_the_program_stops_nobody_is_let_in_and_who_asks_for_nothing_is_let_go() {
        let (address, tell, server) = start().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(GREETING).await.unwrap();
        tell.send(true).unwrap();
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut Vec::new())).await.unwrap();
        timeout(Duration::from_secs(10), server).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
