//! How many dashboards a second, beside a bare handler that returns the same bytes.

use crate::{
    Failure,
    load::{Asked, BareServer, MEASURED, load},
    options::Options,
    outcome::{Outcome, kilobytes},
    program::Program,
    visitor::{COMPRESSED, PLAIN},
};

const PAGE: &str = "/w/demo-northlight/dashboard";
const CLIENTS: usize = 16;

/// The dashboard of the demo, asked for by people who are signed in, all on the cores of this machine.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let program = Program::start_with_demo(options).await?;
    let mut visitor = program.visitor().await?;
    visitor.sign_up("quick").await?;
    let page = visitor.get(PAGE, PLAIN).await?.body;
    let compressed = visitor.get(PAGE, COMPRESSED).await?.body;
    let bare = BareServer::start(&page)?;
    let asked = |port, path, encodings, cookie| Asked {
        port,
        path,
        encodings,
        cookie,
        token: None,
        clients: CLIENTS,
    };
    let ours = load(&asked(program.port, PAGE, PLAIN, visitor.cookie.clone())).await?;
    let theirs = load(&asked(bare.port, "/", PLAIN, None)).await?;
    let for_browsers = load(&asked(program.port, PAGE, COMPRESSED, visitor.cookie.clone())).await?;
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
            ours.row("Quartile", "≥ 150/s, p99 ≤ 250 ms"),
            for_browsers.row("Quartile, compressed for browsers", "–"),
            theirs.row("bare axum handler, the same bytes", "–"),
        ],
    })
}
