//! `cargo xtask bench`: measures the program beside what a user would take instead.

use std::{path::PathBuf, process::ExitCode};

use crate::{
    failure::Failure,
    processes::step::{Step, succeeds},
    program::{Profile, Program},
    terminal,
    workspace::{self, Workspace},
};

/// What the program is compared with; `pypdf` only counts pages.
const PACKAGES: [&str; 3] = ["duckdb==2.0.0", "weasyprint==70.0", "pypdf==7.1.0"];

/// Builds, installs the alternatives and measures; `--write` puts the tables into docs/BENCHMARKS.md.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    let python = install_alternatives(workspace)?;
    let program = Program::build(workspace, Profile::Release)?;
    let mut build = workspace.command("cargo");
    build.args(["build", "--release", "--package", "bench"]);
    Step::new("Building the benchmark", build, "read the messages above").run()?;
    terminal::heading("bench");
    let mut command = workspace.command(workspace.target.join("release/bench"));
    command.arg("--program").arg(&program.executable).arg("--site").arg(&program.site);
    command.arg("--python").arg(python).arg("--scripts").arg(workspace.root.join("bench/alternatives"));
    command.arg("--fonts").arg(workspace.root.join("crates/charts/fonts"));
    for argument in arguments {
        command.arg(argument);
        if argument == "--write" {
            command.arg(workspace.root.join("docs/BENCHMARKS.md"));
        }
    }
    Step::new("The benchmark", command, "read the message above").run()?;
    Ok(ExitCode::SUCCESS)
}

/// A Python of its own in the cache folder, with the alternatives; returns its interpreter.
fn install_alternatives(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.cache.join("bench-python");
    let python = folder.join("bin/python");
    if !succeeds(workspace.command(&python).args(["-c", &check()])) {
        workspace::make_folder(&workspace.cache)?;
        let mut make = workspace.command("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        let remedy = "install Python with its `venv` module, on Debian `sudo apt-get install python3-venv`";
        Step::new("Making a folder for Python packages", make, remedy).run()?;
        let mut install = workspace.command(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES);
        let remedy = "check the network, then run the command again";
        Step::new("Installing what Quartile is compared with", install, remedy).run()?;
    }
    if !succeeds(workspace.command(&python).args(["-c", "import weasyprint"])) {
        return Err(Failure::new(
            "WeasyPrint finds no Pango; install it, on Debian with `sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0`",
        ));
    }
    Ok(python)
}

/// A line of Python that fails unless every package is there in its version.
fn check() -> String {
    let wanted = PACKAGES.map(|package| package.replacen("==", "') == '", 1));
    let tests = wanted.map(|test| format!("assert version('{test}'"));
    format!("from importlib.metadata import version; {}", tests.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_are_checked_with_their_versions() {
        assert!(check().contains("assert version('duckdb') == '2.0.0'"), "{}", check());
    }
}
