//! Requests that Schemathesis generates from the description of the API, as every role.

use std::{process::Stdio, time::Duration};

use kernel::Role;
use tokio::{process::Command, time::timeout};

use super::{
    cast::OURS,
    renewal::{Renewal, TOKEN},
    verdict::Verdict,
    world::World,
};
use crate::{
    Failure,
    options::{Options, STRANGER},
    stage::Process,
};

const HOOKS: &str = include_str!("schemathesis_hooks.py");
/// The same requests every time.
const SEED: &str = "20261121";
/// How many requests each phase makes up for an operation.
const EXAMPLES: &str = "30";
/// How long one role may take, in seconds.
const SECONDS: u64 = 150;

/// Hands on one verdict for each role, and for a stranger. Each finds everything as it was: what one of them deletes is there for the
/// next.
pub(crate) async fn run(options: &Options, mut tell: impl FnMut(String, Verdict)) -> Result<(), Failure> {
    for role in Role::ALL.map(Some).into_iter().chain([None]) {
        let who = role.map_or(STRANGER, Role::key);
        if !options.roles.is_empty() && !options.roles.iter().any(|wanted| wanted == who) {
            continue;
        }
        let world = World::start(options, false).await?;
        let verdict = judge(&world, role, who).await?;
        tell(format!("as {who}"), verdict);
    }
    Ok(())
}

async fn judge(world: &World, role: Option<Role>, who: &str) -> Result<Verdict, Failure> {
    let email = role.map(|role| world.cast.person(role)).transpose()?.map(|person| person.email.as_str());
    let renewal = Renewal::start(&world.door(), email.unwrap_or_default()).await?;
    let url = format!("http://{}/api/v1", renewal.address);
    let mut command = Command::from(Process::command(&world.options.schemathesis));
    command.arg("run").arg(format!("{url}/openapi.json")).args(["--url", &url]);
    command.args(["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--mode", "all"]);
    command.args(["-n", EXAMPLES, "--seed", SEED, "--max-time"]).arg(SECONDS.to_string());
    // A program that is not optimised takes its time to set a report.
    command.args(["--request-timeout", "60", "--max-response-time", "60"]);
    command.args(["--continue-on-failure", "--no-color", "--generation-allow-x00", "true"]);
    command.arg("--header").arg(format!("Quartile-Workspace: {OURS}"));
    if email.is_some() {
        command.arg("--header").arg(format!("Authorization: Bearer {TOKEN}"));
    }
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("quartile_hooks.py"), HOOKS)?;
    command.env("SCHEMATHESIS_HOOKS", "quartile_hooks").env("PYTHONPATH", folder.path());
    command.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let ended = timeout(Duration::from_secs(SECONDS + 120), command.output()).await;
    let output = ended.map_err(|_| "Schemathesis did not end in time")??;
    let report = std::env::temp_dir().join(format!("quartile-schemathesis-{who}.txt"));
    std::fs::write(&report, &output.stdout)?;
    let verdict = verdict(output.status.success(), &String::from_utf8_lossy(&output.stdout));
    Ok(match verdict {
        // Each failure is there with the request that shows it.
        Verdict::Broken(words) => {
            Verdict::Broken(format!("{words}; the requests are in {}", report.display()))
        }
        verdict => verdict,
    })
}

/// What its report says: how much was tried, and what failed at which operation.
fn verdict(is_clean: bool, text: &str) -> Verdict {
    let lines = || text.lines().map(str::trim);
    let cases = lines().find(|line| line.contains(" generated")).unwrap_or("no cases are counted");
    let summary = lines().skip_while(|line| !line.contains(" SUMMARY "));
    let warnings: Vec<&str> = summary.filter(|line| line.starts_with("⚠️")).collect();
    let words = format!("{cases}; {}", warnings.join("; "));
    if is_clean {
        return Verdict::Held(words);
    }
    let mut failures = Vec::new();
    let mut operation = "";
    for line in lines() {
        if let Some(title) = line.strip_prefix("____").map(|title| title.trim_matches(['_', ' '])) {
            operation = title;
        } else if let Some(failure) = line.strip_prefix("- ST") {
            failures.push(format!("{operation}: ST{failure}"));
        } else if line == "Network Error" {
            failures.push(format!("{operation}: no answer"));
        }
    }
    failures.sort();
    failures.dedup();
    Verdict::Broken(format!("{}; {words}", failures.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\
____________ POST /api-keys ____________
1. Test Case ID: x

- ST202 Schema-valid request rejected

===== SUMMARY =====

Warnings:
  ⚠️ Authentication failed: 3 operations

Test cases:
  3237 generated, 1 found 1 unique failures
";

    #[test]
    fn a_report_is_told_with_its_operations() {
        let verdict = verdict(false, REPORT);
        assert_eq!(
            verdict.words(),
            "POST /api-keys: ST202 Schema-valid request rejected; 3237 generated, 1 found 1 unique failures; ⚠️ Authentication failed: 3 operations"
        );
        assert!(verdict.is_broken());
    }
}
