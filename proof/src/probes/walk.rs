//! Pages as Chromium sees them.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{pages::Page, verdict::Check, world::World};
use crate::{
    Failure,
    client::at,
    stage::{AS_ASKED, Nginx, Process, SITE_NAME},
};

/// Opens the pages in Chromium with that session: each has to be answered as it should and to come alive without anything refused, and nothing that was typed runs.
pub(crate) async fn walk(
    world: &World,
    check: &mut Check,
    (session, pages): (&str, &[Page]),
) -> Result<(), Failure> {
    let nodes: Vec<_> = world.main.nodes.iter().map(|node| node.address).collect();
    // Cookies that are for TLS alone go nowhere else.
    let nginx = Nginx::start_with_tls(&nodes, SITE_NAME, AS_ASKED).await?;
    let script = world.options.provider.with_file_name("walk.mjs");
    let mut command = Command::from(Process::command("node"));
    command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    let wish = json!({
        "origin": format!("https://{SITE_NAME}"),
        "leadsTo": format!("MAP {SITE_NAME}:443 {}", nginx.address),
        "session": session,
        "paths": paths,
    });
    if let Some(mut ear) = child.stdin.take() {
        ear.write_all(wish.to_string().as_bytes()).await?;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        return Err(format!("the browser failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    check.equal("pages seen by the browser", answers.len(), pages.len());
    for (answer, Page { path, status }) in answers.iter().zip(pages) {
        check.equal(
            &format!("the page {path} in Chromium"),
            at(answer, "/status").as_u64(),
            Some((*status).into()),
        );
        let is = |pointer: &str| at(answer, pointer) == true;
        check.that(is("/isLive"), || format!("{path} in Chromium: does not come alive"));
        check.that(!is("/hasRun"), || format!("{path} in Chromium: a stored text ran"));
        check.that(!is("/ownScriptRan"), || format!("{path} in Chromium: a script without the nonce ran"));
        check.that(!is("/elsewhere"), || format!("{path} in Chromium: leads elsewhere"));
        let refused = at(answer, "/refused").as_array().map_or(0, Vec::len);
        check.that(refused == 0, || format!("{path} in Chromium: refused {}", at(answer, "/refused")));
    }
    Ok(())
}
