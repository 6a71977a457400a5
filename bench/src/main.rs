//! Measures the program against what a user would take instead, side by side in one run.
//!
//! Started by `cargo xtask bench`, which builds the program, installs the alternatives and names both to this one. Every
//! figure is taken from outside, over HTTP and from the operating system, as a user would meet it; only reports are set by the
//! program's own typesetter, visitors counted and tokens checked by its own code, in this process.

#![expect(clippy::print_stdout, reason = "a command whose result is what it prints")]

mod api;
mod dashboard;
mod first_visit;
mod imports;
mod limiter;
mod load;
mod options;
mod outcome;
mod program;
mod report;
mod start;
mod streams;
mod tokens;
mod visitor;

use std::process::ExitCode;

use options::{Options, Part};
use outcome::Outcome;

/// Whatever stops a measurement, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("The benchmark ended early: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, file] = arguments.as_slice()
        && command == load::BARE_SERVER
    {
        return load::serve_bare(file).await;
    }
    let options = Options::parse(arguments)?;
    let mut outcomes = Vec::new();
    for part in options.parts.clone() {
        println!("\n== {} ==", part.title());
        let outcome = measure(part, &options).await?;
        println!("{outcome}");
        outcomes.push(outcome);
    }
    if let Some(file) = &options.write {
        outcome::write(file, &outcomes)?;
    }
    Ok(())
}

async fn measure(part: Part, options: &Options) -> Result<Outcome, Failure> {
    match part {
        Part::Start => start::measure(options).await,
        Part::Visit => first_visit::measure(options).await,
        Part::Dashboard => dashboard::measure(options).await,
        Part::Import => imports::measure(options).await,
        Part::Report => report::measure(options),
        Part::Api => api::measure(options).await,
        Part::Tokens => tokens::measure().await,
        Part::Limiter => limiter::measure().await,
        Part::Streams => streams::measure(options).await,
    }
}
