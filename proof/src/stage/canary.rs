//! A listener that nobody has a reason to call.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::Failure;

/// A listener on a port of its own that counts who calls; it ends with the value.
pub(crate) struct Canary {
    /// Where it listens, on every address of this machine of version 4.
    pub(crate) port: u16,
    calls: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Canary {
    /// Starts the listener. It answers like a web server with an empty set of keys, so that whoever is fooled goes on.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        let port = listener.local_addr()?.port();
        let calls = Arc::new(AtomicU64::new(0));
        let counted = calls.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut head = [0; 1024];
                    let _ = stream.read(&mut head).await;
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"keys\":[]}";
                    let _ = stream.write_all(answer).await;
                });
            }
        });
        Ok(Self { port, calls, task })
    }

    /// How often somebody called.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_is_counted() {
        let canary = Canary::start().await.unwrap();
        assert_eq!(canary.calls(), 0);
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", canary.port)).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(canary.calls(), 1);
    }
}
