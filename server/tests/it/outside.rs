//! Machines of others that the program asks: a mail server, a sign-in provider.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What can fall silent, and knows how often it was asked.
#[derive(Clone, Default)]
pub(crate) struct Machine {
    is_silent: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Machine {
    /// Counts a question; never returns while nothing is answered.
    async fn note(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.is_silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    pub(crate) fn keep_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::SeqCst);
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Settings that send mail to a server at that port of this machine.
pub(crate) fn mail_to(port: &str) -> [(&str, &str); 4] {
    [
        ("QUARTILE__MAIL__TRANSPORT", "smtp"),
        ("QUARTILE__MAIL__HOST", "127.0.0.1"),
        ("QUARTILE__MAIL__PORT", port),
        ("QUARTILE__MAIL__ENCRYPTION", "none"),
    ]
}

/// A mail server that takes everything and keeps it.
#[derive(Clone, Default)]
pub(crate) struct MailServer {
    pub(crate) machine: Machine,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Starts the server; its port.
    pub(crate) async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().converse(stream));
            }
        });
        port
    }

    async fn converse(self, mut stream: TcpStream) -> std::io::Result<()> {
        self.machine.note().await;
        let (reader, mut writer) = stream.split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 here\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let answer = match line.get(..4).unwrap_or_default() {
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        mail += &line;
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail);
                    "250 kept\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            writer.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    /// The message that comes next.
    pub(crate) async fn next(&self) -> String {
        let begun = Instant::now();
        loop {
            if let Some(mail) = self.mails.lock().unwrap().pop() {
                return mail;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no message came");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A sign-in provider that says where it is.
#[derive(Clone, Default)]
pub(crate) struct Provider {
    pub(crate) machine: Machine,
}

impl Provider {
    /// Starts the provider; its address.
    pub(crate) async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(|| async { Json(json!({ "keys": [] })) }))
            .with_state((self.machine.clone(), issuer.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }
}

async fn describe(State((machine, issuer)): State<(Machine, String)>) -> Json<Value> {
    machine.note().await;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}
