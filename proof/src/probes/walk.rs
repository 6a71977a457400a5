//! Pages as Chromium sees them.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{verdict::Check, world::World};
use crate::{
    Failure,
    client::at,
    stage::{Nginx, Process},
};

/// Opens the pages in Chromium with that session: each has to come alive without anything refused, and nothing that was typed runs.
pub(crate) async fn walk(
    world: &World,
    check: &mut Check,
    (session, paths): (&str, &[String]),
) -> Result<(), Failure> {
    let nodes: Vec<_> = world.main.nodes.iter().map(|node| node.address).collect();
    // Cookies that are for TLS alone go nowhere else.
    let nginx = Nginx::start_with_tls(&nodes, "localhost").await?;
    let script = world.options.provider.with_file_name("walk.mjs");
    let mut command = Command::from(Process::command("node"));
    command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let wish = json!({ "origin": format!("https://{}", nginx.address), "session": session, "paths": paths });
    if let Some(mut ear) = child.stdin.take() {
        ear.write_all(wish.to_string().as_bytes()).await?;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        return Err(format!("the browser failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    check.equal("pages seen by the browser", answers.len(), paths.len());
    for answer in &answers {
        let path = at(answer, "/path").as_str().unwrap_or_default();
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
