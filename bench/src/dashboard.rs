//! How many dashboards a second, beside a bare handler that returns the same bytes.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, kilobytes},
    program::{Program, free_port},
    visitor::{COMPRESSED, PLAIN, Visitor},
};

/// The command of this program that serves one page and nothing else.
pub(crate) const BARE_SERVER: &str = "serve-bare";
const PAGE: &str = "/w/demo-northlight/dashboard";
const CLIENTS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);

/// The dashboard of the demo, asked for by people who are signed in, all on the cores of this machine.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let program = Program::start_with_demo(options).await?;
    let mut visitor = program.visitor().await?;
    visitor.sign_up("quick").await?;
    let page = visitor.get(PAGE, PLAIN).await?.body;
    let compressed = visitor.get(PAGE, COMPRESSED).await?.body;
    let bare = BareServer::start(&page)?;
    let row = |what: &str, load: &Load, budget: &str| {
        let rate = format!("{:.0}/s", load.rate);
        let [middle, late] =
            [load.median, load.late].map(|time| format!("{:.0} ms", time.as_secs_f64() * 1e3));
        vec![what.to_owned(), rate, middle, late, budget.to_owned()]
    };
    let cookie = visitor.cookie.as_deref();
    let ours = load(program.port, PAGE, cookie, PLAIN).await?;
    let theirs = load(bare.port, "/", None, PLAIN).await?;
    let for_browsers = load(program.port, PAGE, cookie, COMPRESSED).await?;
    Ok(Outcome {
        title: "Dashboard",
        setting: format!(
            "{CLIENTS} clients, each asking again as soon as it has its answer, for {} s; clients and servers share the \
             machine's cores. The page is the demo's dashboard for a person who is signed in: {}, or {} compressed.",
            MEASURED.as_secs(),
            kilobytes(page.len() as u64),
            kilobytes(compressed.len() as u64),
        ),
        columns: &["what", "requests", "median", "99th percentile", "budget"],
        rows: vec![
            row("Quartile", &ours, "≥ 150/s, p99 ≤ 250 ms"),
            row("Quartile, compressed for browsers", &for_browsers, "–"),
            row("bare axum handler, the same bytes", &theirs, "–"),
        ],
    })
}

/// What a load of requests came to.
struct Load {
    rate: f64,
    median: Duration,
    late: Duration,
}

async fn load(
    port: u16,
    path: &'static str,
    cookie: Option<&str>,
    encodings: &'static str,
) -> Result<Load, Failure> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + MEASURED;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let mut visitor = Visitor::connect(port).await?;
        visitor.cookie = cookie.map(str::to_owned);
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
struct BareServer {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl BareServer {
    fn start(page: &[u8]) -> Result<Self, Failure> {
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
