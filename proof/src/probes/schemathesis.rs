//! Requests that Schemathesis generates from the description of the API, as every role.

use std::{process::Stdio, time::Duration};

use kernel::Role;
use tokio::{process::Command, time::timeout};

use super::{cast::OURS, verdict::Verdict, world::World};
use crate::Failure;

/// The same requests every time.
const SEED: &str = "20261121";
/// How many requests each phase makes up for an operation.
const EXAMPLES: &str = "30";
/// How long one role may take, in seconds.
const SECONDS: u64 = 240;

/// One verdict for each role, and for a stranger.
pub(crate) async fn run(world: &World) -> Result<Vec<(String, Verdict)>, Failure> {
    let mut verdicts = Vec::new();
    for role in Role::ALL {
        let token = world.cast.person(role)?.token().await?;
        verdicts.push((format!("as {}", role.label().to_lowercase()), judge(world, &token).await?));
    }
    verdicts.push(("as a stranger".to_owned(), judge(world, "").await?));
    Ok(verdicts)
}

async fn judge(world: &World, token: &str) -> Result<Verdict, Failure> {
    let url = format!("http://{}/api/v1", world.door().address);
    let mut command = Command::new(&world.options.schemathesis);
    command.arg("run").arg(format!("{url}/openapi.json")).args(["--url", &url]);
    command.args(["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--mode", "all"]);
    command.args(["-n", EXAMPLES, "--seed", SEED, "--max-time"]).arg(SECONDS.to_string());
    command.args(["--continue-on-failure", "--no-color", "--generation-allow-x00", "true"]);
    command.arg("--header").arg(format!("Quartile-Workspace: {OURS}"));
    if !token.is_empty() {
        command.arg("--header").arg(format!("Authorization: Bearer {token}"));
    }
    let folder = tempfile::tempdir()?;
    command.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let ended = timeout(Duration::from_secs(SECONDS + 120), command.output()).await;
    let output = ended.map_err(|_| "Schemathesis did not end in time")??;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Ok(folder) = std::env::var("QUARTILE_PROBE_REPORTS") {
        std::fs::write(format!("{folder}/schemathesis-{}.txt", token.len()), &text)?;
    }
    Ok(verdict(output.status.success(), &text))
}

/// What its report says: how much was tried, and each kind of failure with its operation.
fn verdict(is_clean: bool, text: &str) -> Verdict {
    let summary: Vec<&str> = text
        .lines()
        .map(str::trim)
        .skip_while(|line| !line.contains(" SUMMARY "))
        .filter(|line| !line.is_empty() && !line.starts_with("===") && !line.starts_with("___"))
        .take(24)
        .collect();
    let words = summary.join(" · ");
    if is_clean {
        return Verdict::Held(words);
    }
    let failures: Vec<&str> =
        text.lines().map(str::trim).filter(|line| line.starts_with("- ") && !line.contains("http")).collect();
    Verdict::Broken(format!("{words} {}", failures.join("; ").chars().take(600).collect::<String>()))
}
