//! `cargo xtask probe` and `cargo xtask fault`: prove from outside what the program promises.

use std::{
    borrow::BorrowMut,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::{
    failure::Failure,
    processes::step::{Step, succeeds},
    program::{Profile, Program},
    terminal,
    testing::packages,
    workspace::{self, Workspace},
};

/// Generates requests from the description of the API.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Judges headers as it does for the public web.
const OBSERVATORY: &str = "@mdn/mdn-http-observatory@1.4.8";
const NETWORK: &str = "check the network, then run the command again";

/// Builds the program and the prober, installs what it needs, and probes; fails if a promise does not hold.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    packages::install_for_probes(workspace)?;
    let schemathesis = install_schemathesis(workspace)?;
    let observatory = install_observatory(workspace)?;
    let program = Program::build(workspace, Profile::Debug)?;
    let mut command = prober(workspace, "probe", &program)?;
    command.arg("--schemathesis").arg(schemathesis).arg("--observatory").arg(observatory).args(arguments);
    prove(command)
}

/// The same for faults; `--release` first tries the optimised program.
pub(crate) fn run_faults(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    packages::install_for_probes(workspace)?;
    let (profile, arguments) = profile(arguments);
    let program = Program::build(workspace, profile)?;
    let mut command = prober(workspace, "fault", &program)?;
    if matches!(profile, Profile::Debug) {
        command.arg("--unoptimised");
    }
    prove(command.args(arguments))
}

fn profile(arguments: &[String]) -> (Profile, &[String]) {
    match arguments.split_first() {
        Some((first, rest)) if first == "--release" => (Profile::Release, rest),
        _ => (Profile::Debug, arguments),
    }
}

/// Builds the prober; a command of it for that program.
fn prober(workspace: &Workspace, name: &str, program: &Program) -> Result<Command, Failure> {
    let mut build = workspace.command("cargo");
    build.args(["build", "--package", "proof"]);
    Step::new("Building the prober", build, "read the messages above").run()?;
    terminal::heading(name);
    let mut command = workspace.command(workspace.target.join("debug/proof"));
    command.arg(name).arg("--program").arg(&program.executable).arg("--site").arg(&program.site);
    command.arg("--provider").arg(workspace.root.join("end2end/provider.mjs"));
    Ok(command)
}

fn prove(mut command: impl BorrowMut<Command>) -> Result<ExitCode, Failure> {
    let failed = |cause| Failure::new(format!("The prober could not be started ({cause}); build it again"));
    let status = command.borrow_mut().status().map_err(failed)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A Python of its own in the cache folder; returns the program in it.
fn install_schemathesis(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.cache.join("probe-python");
    let (python, program) = (folder.join("bin/python"), folder.join("bin/schemathesis"));
    let wanted = SCHEMATHESIS.replacen("==", "') == '", 1);
    let check = format!("from importlib.metadata import version; assert version('{wanted}'");
    if !succeeds(workspace.command(&python).args(["-c", &check])) {
        workspace::make_folder(&workspace.cache)?;
        let mut make = workspace.command("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        let remedy = "install Python with its `venv` module, on Debian `sudo apt-get install python3-venv`";
        Step::new("Making a folder for Python packages", make, remedy).run()?;
        let mut install = workspace.command(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS]);
        Step::new("Installing Schemathesis", install, NETWORK).run()?;
    }
    Ok(program)
}

/// A folder of npm packages in the cache; nothing in them may run while they are installed.
fn install_observatory(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.cache.join("probe-npm");
    if !is_installed(&folder, OBSERVATORY) {
        workspace::make_folder(&folder)?;
        let mut install = workspace.command("npm");
        install.args(["install", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix"]).arg(&folder);
        install.arg(OBSERVATORY);
        Step::new("Installing the MDN HTTP Observatory", install, NETWORK).run()?;
    }
    Ok(folder)
}

/// Whether that package is there in its version; npm writes the version into the package's own file.
fn is_installed(folder: &Path, package: &str) -> bool {
    let Some((name, version)) = package.rsplit_once('@') else { return false };
    let file = folder.join("node_modules").join(name).join("package.json");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.contains(&format!("\"version\": \"{version}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_tried_with_the_optimised_program_only_if_asked_for() {
        let line = ["--release".to_owned(), "F1".to_owned()];
        assert!(matches!(profile(&line), (Profile::Release, [rest]) if rest == "F1"));
        assert!(matches!(profile(&line[1..]), (Profile::Debug, [rest]) if rest == "F1"));
    }

    #[test]
    fn a_package_of_another_version_is_installed_again() {
        let folder = std::env::temp_dir().join(format!("quartile-probe-npm-{}", std::process::id()));
        let package = folder.join("node_modules/@mdn/mdn-http-observatory");
        std::fs::create_dir_all(&package).unwrap();
        std::fs::write(package.join("package.json"), "{\n  \"version\": \"1.4.8\"\n}").unwrap();
        assert!(is_installed(&folder, "@mdn/mdn-http-observatory@1.4.8"));
        assert!(!is_installed(&folder, "@mdn/mdn-http-observatory@1.7.0"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
