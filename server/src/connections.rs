//! Accepting connections: bounded in number, with time limits for the first byte and for the headers, and drained at the end.
//!
//! `axum::serve` has no header timeout, so half-sent requests would hold their connections for ever.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::timeout,
};
use tower::ServiceExt;

const MOST_CONNECTIONS: usize = 4096;
const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(5);
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
const DRAIN_WITHIN: Duration = Duration::from_secs(20);

/// Serves until `stop` turns true, then lets running requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok((socket, peer)) => {
                let connection = Connection { router: router.clone(), peer, stop: stop.clone() };
                tokio::spawn(async move {
                    connection.serve(socket).await;
                    drop(place);
                });
            }
            Err(cause) => {
                // Out of file descriptors: wait for some to be freed instead of spinning.
                tracing::warn!(%cause, "A connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let everyone_gone = places.acquire_many(u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX));
    if timeout(DRAIN_WITHIN, everyone_gone).await.is_err() {
        tracing::warn!("Some connections were still open and have been cut");
    }
}

/// Ends when the program is told to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone, which is the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

struct Connection {
    router: Router,
    peer: SocketAddr,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(self, socket: TcpStream) {
        let Self { router, peer, mut stop } = self;
        let has_spoken = timeout(FIRST_BYTE_WITHIN, socket.peek(&mut [0])).await;
        if !matches!(has_spoken, Ok(Ok(1..))) || socket.set_nodelay(true).is_err() {
            return;
        }
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request.map(Body::new));
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .max_buf_size(64 * 1024)
            .max_headers(100);
        let serving = builder.serve_connection(TokioIo::new(socket), service).with_upgrades();
        tokio::pin!(serving);
        let outcome = tokio::select! {
            outcome = serving.as_mut() => outcome,
            () = stopped(&mut stop) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(cause) = outcome {
            tracing::debug!(%peer, %cause, "A connection ended early");
        }
    }
}
