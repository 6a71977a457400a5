//! The headers of the first page, as the MDN HTTP Observatory judges sites of the public web.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use super::{verdict::Verdict, world::World};
use crate::client::at;
use crate::{
    Failure,
    stage::{Nginx, Process, SITE_NAME},
};

/// What the scanner has to give at least; a site without any fault gets 100, and the rest is for more than that.
const LEAST: i64 = 125;
/// A name that leads to this machine.
const NAME: &str = "localhost";
/// Asks the scanner about one address.
const SCRIPT: &str = include_str!("observatory.mjs");

/// Hands on the score, and each line of it.
pub(crate) async fn run(world: &World, mut tell: impl FnMut(String, Verdict)) -> Result<(), Failure> {
    let nodes: Vec<_> = world.main.nodes.iter().map(|node| node.address).collect();
    let nginx = Nginx::start_with_tls(&nodes, NAME, SITE_NAME).await?;
    let folder = tempfile::tempdir_in(&world.options.observatory)?;
    let script = folder.path().join("scan.mjs");
    std::fs::write(&script, SCRIPT)?;
    let mut command = Command::from(Process::command("node"));
    let tls = nginx.tls.as_ref().ok_or("nginx speaks no TLS")?;
    command.arg(&script).arg(NAME).args([tls.plain_port, nginx.address.port()].map(|port| port.to_string()));
    // The scanner is to believe the certificate that was made for this.
    command.env("NODE_EXTRA_CA_CERTS", &tls.certificate);
    command.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await?;
    if !output.status.success() {
        return Err(format!("the scanner failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let result: Value = serde_json::from_slice(&output.stdout)?;
    let score = at(&result, "/score").as_i64().ok_or("the scanner gave no score")?;
    let words = format!(
        "score {score}, grade {}; at least {LEAST} wanted",
        at(&result, "/grade").as_str().unwrap_or_default()
    );
    tell("the score".to_owned(), if score >= LEAST { Verdict::Held(words) } else { Verdict::Broken(words) });
    for (name, test) in at(&result, "/tests").as_object().into_iter().flatten() {
        let modifier = at(test, "/modifier").as_i64().unwrap_or(0);
        let words = format!("{modifier:+} {}", at(test, "/result").as_str().unwrap_or_default());
        let is_well = modifier >= 0 && at(test, "/pass") != false;
        tell(name.clone(), if is_well { Verdict::Held(words) } else { Verdict::Broken(words) });
    }
    Ok(())
}
