//! Proves from outside what the program promises: `proof probe` asks it everything a stranger, a member with too few rights or a
//! hostile client could ask, over real sockets; `proof fault` breaks what it runs on, and looks what becomes of the promises.
//!
//! Started by `cargo xtask probe` and `cargo xtask fault`, which build the program and install what this needs.

#![expect(clippy::print_stdout, reason = "a command whose result is what it prints")]

mod client;
mod faults;
mod options;
mod people;
mod probes;
mod report;
mod stage;
mod verdict;

use std::process::ExitCode;

use options::{Kind, Options};
use tokio::signal::unix::{SignalKind, signal};

/// Whatever stops a probe, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str =
    "usage: proof probe|fault OPTIONS; start it with `cargo xtask probe` or `cargo xtask fault`";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Interrupted, it still ends what it started: everything ends with its value.
    let outcome = tokio::select! {
        outcome = run(arguments) => outcome,
        () = interrupted() => Err("it was interrupted".into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            println!("The prober ended early: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Waits until somebody wants it to end.
async fn interrupted() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Whether everything holds.
async fn run(mut arguments: Vec<String>) -> Result<bool, Failure> {
    if arguments.is_empty() {
        return Err(USAGE.into());
    }
    match arguments.remove(0).as_str() {
        "probe" => probes::run(&Options::parse(Kind::Probes, arguments)?).await,
        "fault" => faults::run(&Options::parse(Kind::Faults, arguments)?).await,
        _ => Err(USAGE.into()),
    }
}
