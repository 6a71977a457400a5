//! Rust tools that a bare machine lacks: the browser's target, cargo-leptos, wasm-bindgen.

use std::process::Command;

use crate::{
    failure::Failure,
    processes::step::{Step, succeeds},
    terminal,
    workspace::Workspace,
};

const WASM: &str = "wasm32-unknown-unknown";
const NETWORK: &str = "check that this machine reaches crates.io, then run the command again";

/// cargo-leptos optimises its own build for half an hour; these settings make the same tool in minutes.
const LIGHT_PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
];

struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
}

const TOOLS: [Tool; 2] = [
    Tool { package: "cargo-leptos", program: "cargo-leptos", version: "0.3.10" },
    // The same version as the `wasm-bindgen` crate in Cargo.toml.
    Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen", version: "0.2.130" },
];

/// Installs the tools that are missing or of another version.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    install_wasm_target(workspace)?;
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_installed(workspace)).collect();
    for tool in &missing {
        tool.install(workspace)?;
    }
    if !missing.is_empty() {
        // A gigabyte that only another version would need again.
        let _ = std::fs::remove_dir_all(workspace.cache.join("tools-build"));
    }
    Ok(())
}

/// Installs the standard library for the browser.
pub(crate) fn install_wasm_target(workspace: &Workspace) -> Result<(), Failure> {
    let mut question = workspace.command("rustc");
    question.args(["--print", "target-libdir", "--target", WASM]);
    let remedy = "install Rust from https://rustup.rs";
    let library = Step::new("Looking for Rust", question, remedy).output()?;
    if std::path::Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    let mut command = workspace.command("rustup");
    command.args(["target", "add", WASM]);
    Step::new(
        "Installing Rust's WebAssembly target",
        command,
        "check the network, then run the command again",
    )
    .run()
}

/// Installs rustfmt or clippy where a minimal Rust came without.
pub(crate) fn install_component(workspace: &Workspace, component: &str) -> Result<(), Failure> {
    let subcommand = component.trim_start_matches("rust");
    if succeeds(workspace.command("cargo").args([subcommand, "--version"])) {
        return Ok(());
    }
    let mut command = workspace.command("rustup");
    command.args(["component", "add", component]);
    Step::new(format!("Installing {component}"), command, "check the network, then run the command again")
        .run()
}

impl Tool {
    fn is_installed(&self, workspace: &Workspace) -> bool {
        let mut command = Command::new(workspace.tools().join("bin").join(self.program));
        let answer = command.arg("--version").output();
        answer.is_ok_and(|answer| names_version(&String::from_utf8_lossy(&answer.stdout), self.version))
    }

    fn install(&self, workspace: &Workspace) -> Result<(), Failure> {
        terminal::say(format!(
            "Installing {} {} (once; this takes some minutes)",
            self.package, self.version
        ));
        let locked =
            Step::new(format!("Installing {}", self.package), self.command(workspace, true), NETWORK);
        // Lock files age: a version in them may have been withdrawn since.
        locked.run().or_else(|_| {
            let name = format!("Installing {} with fresh dependencies", self.package);
            Step::new(name, self.command(workspace, false), NETWORK).run()
        })
    }

    fn command(&self, workspace: &Workspace, locked: bool) -> Command {
        let mut command = workspace.command("cargo");
        command.args(["install", self.package, "--version", self.version, "--force", "--root"]);
        command.arg(workspace.tools()).args(locked.then_some("--locked"));
        command.env("CARGO_TARGET_DIR", workspace.cache.join("tools-build")).envs(LIGHT_PROFILE);
        command
    }
}

fn names_version(answer: &str, version: &str) -> bool {
    answer.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(names_version("cargo-leptos 0.3.10\n", "0.3.10"));
        assert!(names_version("wasm-bindgen 0.2.130 (abc)", "0.2.130"));
        assert!(!names_version("cargo-leptos 0.3.1\n", "0.3.10"));
        assert!(!names_version("cargo-leptos 0.3.100\n", "0.3.10"));
    }
}
