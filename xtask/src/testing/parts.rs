//! The parts of the tests and what each runs.

use std::process::Command;

use crate::{
    failure::Failure,
    processes::step::Step,
    program::{packages, tools},
    terminal,
    testing::{browser, postgres::Postgres, tally::Tally},
    workspace::Workspace,
};

/// One part, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Format,
    Lint,
    Unit,
    Browser,
}

impl Part {
    const ALL: [Self; 4] = [Self::Format, Self::Lint, Self::Unit, Self::Browser];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Browser => "browser",
        }
    }

    pub(crate) fn run(
        self,
        workspace: &Workspace,
        extra: &[String],
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        match self {
            Self::Format => check_format(workspace),
            Self::Lint => lint(workspace),
            Self::Unit => unit(workspace, extra, tally),
            Self::Browser => browser::run(workspace, extra, tally),
        }
    }
}

/// The chosen parts in their order, all when none is named, and what follows `--`.
pub(crate) fn parse(arguments: &[String]) -> Result<(Vec<Part>, &[String]), Failure> {
    let dashes = arguments.iter().position(|argument| argument == "--");
    let (names, extra) = match dashes.and_then(|place| arguments.split_at_checked(place)) {
        Some((names, rest)) => (names, rest.get(1..).unwrap_or_default()),
        None => (arguments, [].as_slice()),
    };
    if let Some(unknown) = names.iter().find(|name| !Part::ALL.iter().any(|part| part.name() == *name)) {
        let known = Part::ALL.map(Part::name).join(", ");
        return Err(Failure::new(format!(
            "There is no part \"{unknown}\" of the tests; the parts are {known}"
        )));
    }
    let is_chosen = |part: &Part| names.is_empty() || names.iter().any(|name| name == part.name());
    Ok((Part::ALL.into_iter().filter(is_chosen).collect(), extra))
}

fn check_format(workspace: &Workspace) -> Result<(), Failure> {
    tools::install_component(workspace, "rustfmt")?;
    Step::new("The check of the format", cargo(workspace, &["fmt", "--check"]), "run `cargo fmt`").run()
}

fn lint(workspace: &Workspace) -> Result<(), Failure> {
    const SERVER: [&str; 8] =
        ["clippy", "--workspace", "--exclude", "frontend", "--all-targets", "--", "-D", "warnings"];
    const WASM: [&str; 8] =
        ["clippy", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    tools::install_component(workspace, "clippy")?;
    tools::install_wasm_target(workspace)?;
    let clippy = |name, arguments: &[&str]| {
        Step::new(name, cargo(workspace, arguments), "correct what is named above").run()
    };
    Failure::unless_all([
        clippy("The lint of the server", &SERVER),
        clippy("The lint of the browser", &WASM),
        check_journeys(workspace),
    ])
}

/// Journeys are checked by the TypeScript compiler, where the packages hold one.
fn check_journeys(workspace: &Workspace) -> Result<(), Failure> {
    packages::install(workspace)?;
    if !workspace.node_programs().join("tsc").exists() {
        terminal::say("The npm packages hold no typescript, so end2end/ is not checked for types");
        return Ok(());
    }
    let mut command = workspace.command("tsc");
    command.args(["--noEmit", "--project", "end2end"]);
    Step::new("The type check of the journeys", command, "correct what is named above").run()
}

fn unit(workspace: &Workspace, extra: &[String], tally: &mut Tally) -> Result<(), Failure> {
    let postgres = Postgres::start()?;
    let mut command = cargo(workspace, &["test", "--no-fail-fast"]);
    command.args(extra).env("QUARTILE_TEST_POSTGRES", postgres.url());
    let remedy = "the failed tests are named above";
    Step::new("The tests", command, remedy).stream(|line| tally.read_cargo(line))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.command("cargo");
    command.args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn no_name_means_every_part() {
        assert_eq!(parse(&[]).unwrap().0, Part::ALL);
    }

    #[test]
    fn parts_run_in_their_order_whatever_the_order_of_names() {
        let line = words("browser format -- --grep smoke");
        let (parts, extra) = parse(&line).unwrap();
        assert_eq!(parts, [Part::Format, Part::Browser]);
        assert_eq!(extra, ["--grep", "smoke"]);
    }

    #[test]
    fn an_unknown_part_is_named_with_the_known_ones() {
        let failure = parse(&words("unti")).unwrap_err().to_string();
        assert_eq!(
            failure,
            "There is no part \"unti\" of the tests; the parts are format, lint, unit, browser"
        );
    }
}
