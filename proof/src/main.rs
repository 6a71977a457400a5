//! Proves from outside what the program promises: `proof probe` asks it everything a stranger, a member with too few rights or a
//! hostile client could ask, over real sockets.
//!
//! Started by `cargo xtask probe`, which builds the program and installs what this needs.

#![expect(clippy::print_stdout, reason = "a command whose result is what it prints")]

mod client;
mod options;
mod probes;
#[expect(dead_code, reason = "faults are tried upon the same stage, and need more of it")]
mod stage;

use std::process::ExitCode;

use options::Options;

/// Whatever stops a probe, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "usage: proof probe OPTIONS; start it with `cargo xtask probe`";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            println!("The prober ended early: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything holds.
async fn run(mut arguments: Vec<String>) -> Result<bool, Failure> {
    if arguments.is_empty() {
        return Err(USAGE.into());
    }
    match arguments.remove(0).as_str() {
        "probe" => probes::run(&Options::parse(arguments)?).await,
        _ => Err(USAGE.into()),
    }
}
