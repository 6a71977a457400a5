//! `cargo xtask run`: from a checkout to a page in the browser.

use std::{os::unix::process::CommandExt, process::ExitCode};

use crate::{
    failure::Failure,
    program::{Profile, Program},
    terminal,
    workspace::Workspace,
};

const DEFAULT_ADDRESS: &str = "localhost:3000";

/// Builds, says where the program will be, and becomes it, so that signals and the exit code are its own.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    let (profile, arguments) = parse(arguments)?;
    let program = Program::build(workspace, profile)?;
    terminal::say(format!("Starting Quartile on http://{} (Ctrl-C stops it)", address(arguments)));
    let mut command = program.command(workspace);
    let cause = command.arg("serve").args(arguments).exec();
    Err(Failure::new(format!("Could not start {} ({cause}); build it again", program.executable.display())))
}

fn parse(arguments: &[String]) -> Result<(Profile, &[String]), Failure> {
    let (profile, rest) = match arguments.split_first() {
        Some((first, rest)) if first == "--release" => (Profile::Release, rest),
        _ => (Profile::Debug, arguments),
    };
    match rest.split_first() {
        None => Ok((profile, rest)),
        Some((dashes, rest)) if dashes == "--" => Ok((profile, rest)),
        Some((unknown, _)) => Err(Failure::new(format!(
            "`cargo xtask run` does not know \"{unknown}\"; put arguments of `quartile serve` after --"
        ))),
    }
}

fn address(arguments: &[String]) -> &str {
    let after_name = arguments.iter().skip_while(|argument| *argument != "--addr").nth(1);
    let joined = arguments.iter().find_map(|argument| argument.strip_prefix("--addr="));
    joined.or(after_name.map(String::as_str)).unwrap_or(DEFAULT_ADDRESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn arguments_of_the_program_follow_two_dashes() {
        let line = words("--release -- --data /tmp/d");
        let (profile, rest) = parse(&line).unwrap();
        assert!(matches!(profile, Profile::Release));
        assert_eq!(rest, ["--data", "/tmp/d"]);
        assert!(parse(&words("--relaese")).is_err());
        assert!(parse(&[]).is_ok_and(|(_, rest)| rest.is_empty()));
    }

    #[test]
    fn the_printed_address_is_the_one_asked_for() {
        assert_eq!(address(&[]), "localhost:3000");
        assert_eq!(address(&words("--data d --addr 127.0.0.1:4000")), "127.0.0.1:4000");
        assert_eq!(address(&words("--addr=0.0.0.0:80")), "0.0.0.0:80");
    }
}
