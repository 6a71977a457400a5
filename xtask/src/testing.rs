//! `cargo xtask test`: every check of this repository, in parts.

mod browser;
pub(crate) mod packages;
mod parts;
mod postgres;
mod tally;

use std::{process::ExitCode, time::Instant};

use crate::{failure::Failure, terminal, workspace::Workspace};
use parts::Part;
use tally::Tally;

/// Runs the named parts, or all; the last line counts the tests of all of them.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    let (parts, extra) = parts::parse(arguments)?;
    packages::install(workspace, &parts)?;
    let mut total = Tally::default();
    for part in parts {
        total.add(run_part(workspace, part, extra));
    }
    if !total.broken().is_empty() {
        terminal::say(format!("\nWhat failed:\n  {}", total.broken().join("\n  ")));
    }
    terminal::say(format!("\n{total}"));
    Ok(if total.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_part(workspace: &Workspace, part: Part, extra: &[String]) -> Tally {
    terminal::heading(part.name());
    let started = Instant::now();
    let mut tally = Tally::default();
    if let Err(failure) = part.run(workspace, extra, &mut tally) {
        terminal::complain(&failure);
        // Without a failed test of its own, the part itself is what failed.
        if tally.is_clean() {
            tally.fail();
        }
    }
    terminal::say(format!("-- {}: {tally} in {}", part.name(), terminal::duration(started.elapsed())));
    tally
}
