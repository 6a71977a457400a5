//! How many answers of the API a second: for a person in the browser, and for one with an access token, whose signature is checked each time.

use crate::{
    Failure,
    load::{Asked, BareServer, MEASURED, load},
    options::Options,
    outcome::Outcome,
    program::Program,
    visitor::PLAIN,
};

const CLIENTS: usize = 64;
/// Reads the session or the token, the person, the role in the workspace, and the company.
const READ: &str = "/api/v1/workspaces/current";

/// One small answer of the API, beside a bare handler that returns the same bytes.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let program = Program::start(options).await?;
    let mut visitor = program.visitor().await?;
    visitor.sign_up("quick").await?;
    let token = visitor.sign_in_to_api("quick").await?;
    let answer = visitor.get(READ, PLAIN).await?.body;
    let bare = BareServer::start(&answer)?;
    let asked =
        |port, path, cookie, token| Asked { port, path, encodings: PLAIN, cookie, token, clients: CLIENTS };
    let in_browser = load(&asked(program.port, READ, visitor.cookie.clone(), None)).await?;
    let with_token = load(&asked(program.port, READ, None, Some(token))).await?;
    let theirs = load(&asked(bare.port, "/", None, None)).await?;
    Ok(Outcome {
        title: "API",
        setting: format!(
            "{CLIENTS} clients, each asking again as soon as it has its answer, for {} s; clients and servers share the machine's cores. The \
             answer is the company of a workspace, {} bytes of JSON.",
            MEASURED.as_secs(),
            answer.len(),
        ),
        columns: &["what", "requests", "median", "99th percentile", "budget"],
        rows: vec![
            in_browser.row("Quartile, with a session", "≥ 2,000/s, p99 ≤ 80 ms"),
            with_token.row("Quartile, with an access token", "–"),
            theirs.row("bare axum handler, the same bytes", "–"),
        ],
    })
}
