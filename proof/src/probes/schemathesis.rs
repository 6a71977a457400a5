//! Requests that Schemathesis generates from the description of the API, as every role.

use std::{process::Stdio, time::Duration};

use kernel::Role;
use serde_json::Value;
use tokio::{process::Command, time::timeout};

use super::{
    cast::{OURS, THEIRS},
    operations::{Access, Operation},
    renewal::{Renewal, TOKEN, TOKEN_OF_OTHERS},
    seeds,
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
/// Everything is asked as us; what was found is asked for once more as others, who must not get it.
const PEERS: &str = "\
[auth.wfc]
path = \"peers.json\"
user = \"us\"
peers = [\"us\", \"others\"]
";

/// How much is tried as one role.
#[derive(Clone, Copy)]
struct Effort {
    /// How many requests each phase makes up for an operation at most.
    examples: u32,
    /// How long it takes, in seconds.
    seconds: u64,
}

/// All roles in about a quarter of an hour.
const USUAL: Effort = Effort { examples: 20, seconds: 120 };
/// With `--full`.
const FULL: Effort = Effort { examples: 50, seconds: 600 };

/// Hands on one verdict for each role, and for a stranger. Each finds everything as it was: what one of them deletes is there for the
/// next.
pub(crate) async fn run(options: &Options, mut tell: impl FnMut(String, Verdict)) -> Result<(), Failure> {
    for role in Role::ALL.map(Some).into_iter().chain([None]) {
        let who = role.map_or(STRANGER, Role::key);
        if !options.roles.is_empty() && !options.roles.iter().any(|wanted| wanted == who) {
            continue;
        }
        let mut world = World::start(options, false).await?;
        let verdict = judge(&mut world, role, who).await?;
        tell(format!("as {who}"), verdict);
    }
    Ok(())
}

async fn judge(world: &mut World, role: Option<Role>, who: &str) -> Result<Verdict, Failure> {
    let effort = if world.options.is_full { FULL } else { USUAL };
    let (seeds, heir) = match role {
        Some(role) => {
            let (seeds, heir) = Box::pin(seeds::sow(world, role)).await?;
            (seeds, Some(heir))
        }
        // Nobody tells a stranger whether something is there.
        None => (Value::Null, None),
    };
    let email = role.map(|role| world.cast.person(role)).transpose()?.map(|person| person.email.as_str());
    let people: Vec<(&str, &str)> = match email {
        Some(email) => vec![(TOKEN, email), (TOKEN_OF_OTHERS, &world.cast.outsider.email)],
        None => Vec::new(),
    };
    let renewal = Renewal::start(&world.door(), &people, heir).await?;
    let url = format!("http://{}/api/v1", renewal.address);
    let mut command = Command::from(Process::command(&world.options.schemathesis));
    command.arg("run").arg(format!("{url}/openapi.json")).args(["--url", &url]);
    command.args(["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--mode", "all"]);
    command.args(["-n", &effort.examples.to_string(), "--seed", SEED]);
    command.args(["--max-time", &effort.seconds.to_string()]);
    // A program that is not optimised takes its time to set a report.
    command.args(["--request-timeout", "60", "--max-response-time", "60"]);
    command.args(["--continue-on-failure", "--no-color", "--generation-allow-x00", "true"]);
    let folder = tempfile::tempdir()?;
    if email.is_some() {
        std::fs::write(folder.path().join("schemathesis.toml"), PEERS)?;
        std::fs::write(folder.path().join("peers.json"), peers().to_string())?;
    } else {
        command.arg("--header").arg(format!("Quartile-Workspace: {OURS}"));
    }
    std::fs::write(folder.path().join("quartile_hooks.py"), HOOKS)?;
    if !seeds.is_null() {
        command.env("QUARTILE_SEEDS", seeds.to_string());
        command.env("QUARTILE_API", &url).env("QUARTILE_TOKEN", TOKEN).env("QUARTILE_WORKSPACE", OURS);
    }
    command.env("SCHEMATHESIS_HOOKS", "quartile_hooks").env("PYTHONPATH", folder.path());
    command.current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let ended = timeout(Duration::from_secs(effort.seconds + 120), command.output()).await;
    let output = ended.map_err(|_| "Schemathesis did not end in time")??;
    let report = std::env::temp_dir().join(format!("quartile-schemathesis-{who}.txt"));
    let text = String::from_utf8_lossy(&output.stdout);
    // Why something failed on the program's side is in its log alone.
    let log = world.main.log();
    let faults: Vec<&str> = log.lines().filter(|line| line.contains(r#""level":"ERROR""#)).collect();
    std::fs::write(&report, format!("{text}\nErrors in the log of the program:\n{}\n", faults.join("\n")))?;
    let mut short = shortcomings(&text, &world.operations, role);
    let by_others = renewal.answered(TOKEN_OF_OTHERS);
    if role.is_some() && by_others == 0 {
        short.push("nothing was asked for once more by somebody of another workspace".to_owned());
    }
    let verdict = verdict(output.status.success(), &text, (effort, short));
    Ok(match verdict {
        // Each failure is there with the request that shows it.
        Verdict::Broken(words) => {
            Verdict::Broken(format!("{words}; the requests are in {}", report.display()))
        }
        verdict => verdict,
    })
}

/// Somebody of our workspace and somebody of another one, each asking in their own (Web Fuzzing Commons, authentication).
fn peers() -> Value {
    let peer = |name: &str, token: &str, workspace: &str| {
        serde_json::json!({ "name": name, "fixedHeaders": [
            { "name": "Authorization", "value": format!("Bearer {token}") },
            { "name": "Quartile-Workspace", "value": workspace },
        ] })
    };
    serde_json::json!({ "auth": [peer("us", TOKEN, OURS), peer("others", TOKEN_OF_OTHERS, THEIRS)] })
}

/// What was not tried: operations that were left out, and those that the role may call and that nothing was found for.
fn shortcomings(text: &str, operations: &[Operation], role: Option<Role>) -> Vec<String> {
    let mut short = Vec::new();
    let tested = tested(text);
    if tested != operations.len() {
        short.push(format!("only {tested} of {} operations were tried", operations.len()));
    }
    for label in without_data(text) {
        let is_it =
            |it: &&Operation| format!("{} {}", it.method, it.path.replacen("/api/v1", "", 1)) == label;
        let access = operations.iter().find(is_it).and_then(|operation| operation.access);
        let may = access.is_none_or(|access| role.map_or(access == Access::Open, |role| access.lets(role)));
        if may {
            short.push(format!("{label}: everything that was asked for is not there"));
        }
    }
    short
}

fn tested(text: &str) -> usize {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Tested: "));
    line.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Operations that were answered with 404 alone, out of the warnings.
fn without_data(text: &str) -> Vec<String> {
    let (mut labels, mut is_about_it) = (Vec::new(), false);
    for line in text.lines().take_while(|line| !line.contains(" SUMMARY ")) {
        // The heading of a warning says how many operations it is about.
        let counts = line.split_once(": ").is_some_and(|(_, rest)| {
            rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains(" operation")
        });
        if counts && !line.starts_with(' ') {
            is_about_it = line.starts_with("Missing test data: ");
        } else if let Some(label) = line.strip_prefix("  - ").filter(|_| is_about_it) {
            labels.push(label.trim().to_owned());
        }
    }
    labels
}

/// What its report says: how much was tried, and what failed at which operation or was not tried.
fn verdict(is_clean: bool, text: &str, (effort, short): (Effort, Vec<String>)) -> Verdict {
    let lines = || text.lines().map(str::trim);
    let cases = lines().find(|line| line.contains(" generated")).unwrap_or("no cases are counted");
    let summary = lines().skip_while(|line| !line.contains(" SUMMARY "));
    let warnings: Vec<&str> = summary.filter(|line| line.starts_with("⚠️")).collect();
    let words = format!(
        "{} operations; {cases}; at most {} requests a phase for each, {} s (with --full {} and {} s); {}",
        tested(text),
        effort.examples,
        effort.seconds,
        FULL.examples,
        FULL.seconds,
        warnings.join("; ")
    );
    if is_clean && short.is_empty() {
        return Verdict::Held(words);
    }
    let mut failures = short;
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

===== WARNINGS =====

Authentication failed: 1 operation returned only 401/403 responses

401 Unauthorized (1 operation):
  - POST /auth/signin

Missing test data: 2 operations repeatedly returned 404 Not Found

No links point to this operation:
  - GET /benchmarks/snapshot

Reached via links, but the linked data was not usable:
  - GET /data/files/{id}/dry-run

===== SUMMARY =====

API Operations:
  Selected: 58/58
  Tested: 58

Warnings:
  ⚠️ Authentication failed: 3 operations

Test cases:
  3237 generated, 1 found 1 unique failures
";

    #[test]
    fn a_report_is_told_with_its_operations() {
        let verdict = verdict(false, REPORT, (USUAL, vec!["only 3".to_owned()]));
        assert_eq!(
            verdict.words(),
            "POST /api-keys: ST202 Schema-valid request rejected, only 3; 58 operations; 3237 generated, 1 found 1 unique failures; \
             at most 20 requests a phase for each, 120 s (with --full 50 and 600 s); ⚠️ Authentication failed: 3 operations"
        );
        assert!(verdict.is_broken());
    }

    #[test]
    fn what_nothing_was_found_for_is_told() {
        assert_eq!(without_data(REPORT), ["GET /benchmarks/snapshot", "GET /data/files/{id}/dry-run"]);
        assert_eq!(shortcomings(REPORT, &[], None).len(), 3);
    }
}
