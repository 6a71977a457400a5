//! `cargo xtask fuzz`: looks for bytes that break what the engines promise.
//!
//! The targets are a package of their own in `fuzz/`, built by the stable compiler with the coverage that libFuzzer steers by and with
//! AddressSanitizer. Whatever they make lies in the cache: what libFuzzer has learnt, its logs, and inputs that break a promise.

mod building;
mod outcome;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};

use crate::{
    failure::Failure,
    terminal,
    workspace::{self, Workspace},
};
use outcome::Outcome;

/// Seconds for each target, unless told otherwise.
const SECONDS: u32 = 60;
/// What one input may take: ten seconds, and this much memory.
const BOUNDS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=768", "-malloc_limit_mb=256"];
/// Memory that was given back is soon used again, or it would count as used; leaks are seen by the bound. C code may come with the sanitizer
/// of its own compiler, which names its globals twice.
const SANITIZER: (&str, &str) =
    ("ASAN_OPTIONS", "quarantine_size_mb=64:detect_leaks=0:detect_odr_violation=0");

/// Which targets, and for how long.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    targets: Vec<String>,
    seconds: u32,
}

/// Builds the named targets, or all, and runs each for a while; fails if any promise was broken.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    let order = Order::parse(arguments, &known_targets(&workspace.root)?)?;
    let programs = building::build(workspace, &order.targets)?;
    terminal::heading("fuzz");
    let mut is_clean = true;
    for target in &order.targets {
        let program = programs.join(target);
        let outcome = run_target(workspace, target, &program, order.seconds)?;
        terminal::say(outcome.line(target));
        if let Some(what) = outcome.what_was_found(&program) {
            terminal::say(what);
            is_clean = false;
        }
    }
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_target(workspace: &Workspace, target: &str, program: &Path, seconds: u32) -> Result<Outcome, Failure> {
    let folder = |name: &str| folder(workspace).join(name);
    let (learnt, found) = (folder("learnt").join(target), folder("found").join(target));
    let temporary = folder("temporary");
    for folder in [&learnt, &found, &temporary, &folder("logs")] {
        workspace::make_folder(folder)?;
    }
    let log = folder("logs").join(format!("{target}.log"));
    let writer = File::create(&log).map_err(|cause| Failure::on_path("write", &log, &cause))?;
    let mut command = workspace.command(program);
    command.arg(&learnt).arg(workspace.root.join("fuzz/corpus").join(target)).args(BOUNDS);
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-artifact_prefix={}/", found.display()));
    let dictionary = workspace.root.join("fuzz/dictionaries").join(format!("{target}.dict"));
    if dictionary.exists() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command.env(SANITIZER.0, SANITIZER.1).env("TMPDIR", &temporary);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(writer);
    let status = command.status().map_err(|cause| Failure::on_path("start the target", program, &cause))?;
    let _ = fs::remove_dir_all(&temporary);
    let text = fs::read(&log).map_err(|cause| Failure::on_path("read", &log, &cause))?;
    Ok(Outcome::read(&String::from_utf8_lossy(&text), status.success(), &log))
}

/// Where everything lies that the targets are made of and make.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("fuzz")
}

/// The targets that there are, by the names of their files.
fn known_targets(root: &Path) -> Result<Vec<String>, Failure> {
    let folder = root.join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|cause| Failure::on_path("read", &folder, &cause))?;
    let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> =
        files.filter_map(|file| file.strip_suffix(".rs").map(str::to_owned)).collect();
    names.sort();
    Ok(names)
}

impl Order {
    /// All targets in order when none is named.
    fn parse(arguments: &[String], known: &[String]) -> Result<Self, Failure> {
        let (mut named, mut seconds) = (Vec::new(), SECONDS);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            if word == "--seconds" {
                let number = words.next().and_then(|number| number.parse().ok()).filter(|n| *n > 0);
                seconds = number
                    .ok_or_else(|| Failure::new("Say after --seconds how many, as in --seconds 600"))?;
            } else if known.contains(word) {
                named.push(word.clone());
            } else {
                return Err(Failure::new(format!(
                    "There is no target \"{word}\"; the targets are {}",
                    known.join(", ")
                )));
            }
        }
        let targets = if named.is_empty() { known.to_vec() } else { named };
        Ok(Self { targets, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Order, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let known = ["csv_ingest".to_owned(), "jwt_verify".to_owned()];
        Order::parse(&words, &known).map_err(|failure| failure.to_string())
    }

    fn order(targets: &[&str], seconds: u32) -> Order {
        Order { targets: targets.iter().map(|name| (*name).to_owned()).collect(), seconds }
    }

    #[test]
    fn every_target_runs_for_a_minute_unless_told_otherwise() {
        assert_eq!(parse(""), Ok(order(&["csv_ingest", "jwt_verify"], 60)));
        assert_eq!(parse("--seconds 600 jwt_verify"), Ok(order(&["jwt_verify"], 600)));
    }

    #[test]
    fn what_cannot_be_run_is_said() {
        let unknown = parse("jwt").unwrap_err();
        assert_eq!(unknown, "There is no target \"jwt\"; the targets are csv_ingest, jwt_verify");
        for wrong in ["--seconds", "--seconds many", "--seconds 0"] {
            assert!(parse(wrong).unwrap_err().contains("--seconds 600"), "{wrong}");
        }
    }

    #[test]
    fn every_target_of_this_repository_has_kept_inputs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let targets = known_targets(root).unwrap();
        assert!(targets.len() >= 12, "{targets:?}");
        for target in targets {
            let mut kept = fs::read_dir(root.join("fuzz/corpus").join(&target)).unwrap();
            assert!(kept.next().is_some(), "{target}");
        }
    }
}
