//! Journeys in a browser against the built program.

use std::{path::Path, process::Command, time::Duration};

use crate::{
    failure::Failure,
    processes::{
        ports,
        service::{Service, TemporaryFolder},
        step::Step,
    },
    program::{Profile, Program},
    terminal,
    testing::tally::Tally,
    workspace::Workspace,
};

const READY_WITHIN: Duration = Duration::from_mins(1);
/// The program promises to finish what it does and end by itself in this time.
const STOPPED_WITHIN: Duration = Duration::from_secs(25);

/// Builds the program, starts it with a fresh data folder beside a sign-in provider, and runs Playwright.
pub(crate) fn run(workspace: &Workspace, extra: &[String], tally: &mut Tally) -> Result<(), Failure> {
    let program = Program::build(workspace, Profile::Debug)?;
    let (provider_port, _provider) = start_provider(workspace)?;
    let (port, mut server) = start_program(workspace, &program, provider_port)?;

    let mut command = workspace.command("playwright");
    command.args(["test", "--config", "end2end/playwright.config.ts"]).args(extra);
    command.env("QUARTILE_E2E_URL", local(port)).env("QUARTILE_E2E_PROVIDER", local(provider_port));
    command.env("QUARTILE_E2E_ADMIN_LINK", administrator_link(&server.words())?);
    let remedy = "look into end2end/test-results";
    let journeys = Step::new("The journeys", command, remedy).stream(|line| tally.read_playwright(line));

    if journeys.is_err() {
        terminal::say(format!("The last lines of the program's log:\n{}", server.last_words()));
    }
    let stopped = check_stop(&mut server);
    if stopped.is_err() {
        tally.fail();
    }
    Failure::unless_all([journeys, stopped])
}

fn start_provider(workspace: &Workspace) -> Result<(u16, Service), Failure> {
    let port = ports::free_port()?;
    let mut command = workspace.command("node");
    command.args(["end2end/provider.mjs", &port.to_string()]);
    let folder = TemporaryFolder::new("provider")?;
    let mut provider = Service::start("The sign-in provider", &mut command, "TERM", folder)?;
    provider.wait_until(READY_WITHIN, || ports::answers(port, "/.well-known/openid-configuration"))?;
    Ok((port, provider))
}

fn start_program(workspace: &Workspace, program: &Program, provider: u16) -> Result<(u16, Service), Failure> {
    let port = ports::free_port()?;
    let folder = TemporaryFolder::new("program")?;
    load_demo(workspace, program, folder.path())?;
    let mut command = serve(program.command(workspace), port, folder.path());
    command.env("QUARTILE__GOOGLE__ISSUER", local(provider));
    command.env("QUARTILE__GOOGLE__CLIENT_ID", "quartile-journeys");
    command.env("QUARTILE__GOOGLE__CLIENT_SECRET", "not-a-secret");
    let mut server = Service::start("Quartile", &mut command, "TERM", folder)?;
    server.wait_until(READY_WITHIN, || ports::answers(port, "/health/ready"))?;
    Ok((port, server))
}

/// Puts the synthetic company and its peers into the data folder, as an operator would.
fn load_demo(workspace: &Workspace, program: &Program, folder: &Path) -> Result<(), Failure> {
    let mut command = program.command(workspace);
    command.args(["demo", "load", "--data"]).arg(folder.join("data")).current_dir(folder);
    Step::new("Loading the demo company", command, "run `quartile demo load` by hand and read what it says")
        .run()
}

/// Runs in its own folder, so that a `config.toml` of the checkout plays no part.
fn serve(mut command: Command, port: u16, folder: &Path) -> Command {
    command.arg("serve").arg("--addr").arg(format!("127.0.0.1:{port}"));
    command.arg("--data").arg(folder.join("data")).current_dir(folder);
    command.env("QUARTILE__SERVER__BASE_URL", local(port)).env("QUARTILE__LOG__FORMAT", "text");
    // All the people of the journeys come from one address at the same time.
    for class in
        ["ADDRESS", "ASSETS", "ANONYMOUS", "SIGN_IN", "SIGN_IN_ACCOUNT", "INTERFACE", "UPLOAD", "EXPORT"]
    {
        command.env(format!("QUARTILE__LIMITS__{class}"), "10000/s");
    }
    command
}

/// The link with which the first administrator is made; the program prints it once, at its first start.
fn administrator_link(words: &str) -> Result<String, Failure> {
    let link = words.lines().find(|line| line.contains("/admin/claim?link="));
    let link =
        link.ok_or_else(|| Failure::new("Quartile printed no link for its first administrator".to_owned()))?;
    Ok(link.trim().to_owned())
}

fn check_stop(server: &mut Service) -> Result<(), Failure> {
    let ending = match server.stop(STOPPED_WITHIN) {
        Some(status) if status.success() => return Ok(()),
        Some(status) => format!("ended with {status}"),
        None => format!("was still running {} s later", STOPPED_WITHIN.as_secs()),
    };
    let words = server.last_words();
    Err(Failure::new(format!("Quartile was asked to stop (SIGTERM) and {ending}; its last words:\n{words}")))
}

fn local(port: u16) -> String {
    format!("http://localhost:{port}")
}
