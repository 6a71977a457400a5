//! Loads of requests, and a bare handler to compare with.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::{Failure, program::free_port, visitor::Visitor};

/// The command of this program that serves one page and nothing else.
pub(crate) const BARE_SERVER: &str = "serve-bare";
const WARM_UP: Duration = Duration::from_secs(2);
/// How long answers are counted.
pub(crate) const MEASURED: Duration = Duration::from_secs(10);

/// Who asks, and for what.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) port: u16,
    pub(crate) path: &'static str,
    pub(crate) encodings: &'static str,
    pub(crate) cookie: Option<String>,
    pub(crate) token: Option<String>,
    /// How many ask at the same time, each again as soon as it has its answer.
    pub(crate) clients: usize,
}

/// What a load of requests came to.
pub(crate) struct Load {
    /// Answers in a second.
    pub(crate) rate: f64,
    pub(crate) median: Duration,
    /// The 99th percentile.
    pub(crate) late: Duration,
}

impl Load {
    /// A row of a table.
    pub(crate) fn row(&self, what: &str, budget: &str) -> Vec<String> {
        let rate = format!("{:.0}/s", self.rate);
        let [middle, late] =
            [self.median, self.late].map(|time| format!("{:.0} ms", time.as_secs_f64() * 1e3));
        vec![what.to_owned(), rate, middle, late, budget.to_owned()]
    }
}

/// Puts the load on a server.
pub(crate) async fn load(asked: &Asked) -> Result<Load, Failure> {
    let Asked { port, path, encodings, .. } = *asked;
    let begin = Instant::now() + WARM_UP;
    let end = begin + MEASURED;
    let mut clients = JoinSet::new();
    for _ in 0..asked.clients {
        let mut visitor = Visitor::connect(port).await?;
        visitor.cookie.clone_from(&asked.cookie);
        visitor.token.clone_from(&asked.token);
        clients.spawn(async move {
            let mut times = Vec::new();
            loop {
                let asked = Instant::now();
                visitor.get(path, encodings).await?;
                let answered = Instant::now();
                if answered > end {
                    return Ok::<_, Failure>(times);
                }
                if asked >= begin {
                    times.push(answered - asked);
                }
            }
        });
    }
    let mut times = Vec::new();
    while let Some(client) = clients.join_next().await {
        times.extend(client??);
    }
    times.sort();
    let at = |share: usize| {
        times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default()
    };
    if times.is_empty() {
        return Err(format!("{path} was not answered once").into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    let rate = times.len() as f64 / MEASURED.as_secs_f64();
    Ok(Load { rate, median: at(50), late: at(99) })
}

/// The bare handler in a process of its own.
pub(crate) struct BareServer {
    pub(crate) port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl BareServer {
    /// Starts it with the bytes that it answers everything with.
    pub(crate) fn start(page: &[u8]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("page.html");
        std::fs::write(&file, page)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(BARE_SERVER).arg(&file).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the bare server has no output")?;
        let line = BufReader::new(output).lines().next().transpose()?;
        let port = line.and_then(|line| line.parse().ok()).ok_or("the bare server did not start")?;
        Ok(Self { port, child, _folder: folder })
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the bytes of a file on a free port, which it prints.
pub(crate) async fn serve_bare(file: impl AsRef<Path>) -> Result<(), Failure> {
    let page = Bytes::from(std::fs::read(file)?);
    let answer = move || {
        let page = page.clone();
        async move { ([(CONTENT_TYPE, "text/html; charset=utf-8")], page) }
    };
    let port = free_port()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("{port}");
    Ok(axum::serve(listener, Router::new().route("/", get(answer))).await?)
}
