//! The commands of this repository; `cargo xtask help` lists them.

mod bench;
mod dist;
mod failure;
mod fuzz;
mod probe;
mod processes;
mod program;
mod run;
mod terminal;
mod testing;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use workspace::Workspace;

const HELP: &str = "\
Commands:
  cargo xtask run [--release] [-- ARGUMENTS]     install what is missing, build, start on http://localhost:3000
  cargo xtask dist                               put the optimised program and its files into target/dist
  cargo xtask test [PART ...] [-- ARGUMENTS]     install what tests need, then run: format lint unit browser
  cargo xtask bench [--write] [PART ...]         measure beside the alternatives: start visit dashboard import report api tokens limiter streams
  cargo xtask fuzz [TARGET ...] [--seconds N]    try random bytes on what reads them, 60 seconds for each target
  cargo xtask probe [--full] [--write FILE] [PART ...]    prove the promises from outside: sqlite cluster schemathesis observatory P1 … P58 owner … stranger
  cargo xtask fault [--release] [--full] [--write FILE] [--rounds N] [PART ...]   break things and look what holds: sqlite cluster F1 … F18
  cargo xtask help                               this list

Arguments after -- go to `quartile serve`, or to `cargo test` and `playwright test`.
Tools are kept in $QUARTILE_CACHE, by default ~/.cache/quartile.";

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            terminal::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        terminal::say(HELP);
        return Ok(ExitCode::FAILURE);
    };
    match command.as_str() {
        "run" => run::run(&Workspace::find()?, rest),
        "bench" => bench::run(&Workspace::find()?, rest),
        "fuzz" => fuzz::run(&Workspace::find()?, rest),
        "probe" => probe::run(&Workspace::find()?, rest),
        "fault" => probe::run_faults(&Workspace::find()?, rest),
        "dist" => dist::run(&Workspace::find()?, rest),
        "test" => testing::run(&Workspace::find()?, rest),
        "help" | "--help" | "-h" => {
            terminal::say(HELP);
            Ok(ExitCode::SUCCESS)
        }
        unknown => Err(Failure::new(format!(
            "There is no command \"{unknown}\"; `cargo xtask help` lists the commands"
        ))),
    }
}
