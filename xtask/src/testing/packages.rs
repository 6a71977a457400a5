//! Debian packages that tests and probes need.

use std::path::Path;

use crate::{
    failure::Failure,
    processes::step::{Step, succeeds},
    terminal,
    testing::{parts::Part, postgres},
    workspace::Workspace,
};

struct Package {
    name: &'static str,
    parts: &'static [Part],
    is_for_probes: bool,
    is_present: fn() -> bool,
}

const PACKAGES: [Package; 7] = [
    Package {
        name: "postgresql",
        parts: &[Part::Unit],
        is_for_probes: true,
        is_present: || postgres::programs().is_some(),
    },
    Package {
        name: "redis-server",
        parts: &[Part::Unit],
        is_for_probes: true,
        is_present: || is_on_path("redis-server"),
    },
    Package {
        name: "poppler-utils",
        parts: &[Part::Unit, Part::Browser],
        is_for_probes: true,
        is_present: || is_on_path("pdftotext"),
    },
    Package {
        name: "chromium",
        parts: &[Part::Browser],
        is_for_probes: true,
        is_present: || is_on_path("chromium"),
    },
    Package {
        name: "nginx-light",
        parts: &[],
        is_for_probes: true,
        is_present: || is_program(Path::new("/usr/sbin/nginx")),
    },
    Package { name: "openssl", parts: &[], is_for_probes: true, is_present: || is_on_path("openssl") },
    Package { name: "faketime", parts: &[], is_for_probes: true, is_present: || is_on_path("faketime") },
];

/// Installs what the parts of the tests need and the machine lacks; without the right to, says what to install.
pub(crate) fn install(workspace: &Workspace, parts: &[Part]) -> Result<(), Failure> {
    install_those(workspace, |package| package.parts.iter().any(|part| parts.contains(part)))
}

/// The same for probes of the running program.
pub(crate) fn install_for_probes(workspace: &Workspace) -> Result<(), Failure> {
    install_those(workspace, |package| package.is_for_probes)
}

fn install_those(workspace: &Workspace, is_needed: impl Fn(&Package) -> bool) -> Result<(), Failure> {
    let needed = PACKAGES.iter().filter(|package| is_needed(package));
    let missing: Vec<&str> =
        needed.filter(|package| !(package.is_present)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() || !is_on_path("apt-get") {
        return Err(Failure::new(sentence(&missing)));
    }
    terminal::say(format!("Installing {}", missing.join(" ")));
    apt(workspace, &["update", "--quiet"])?;
    let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
    apt(workspace, &[&install, missing.as_slice()].concat())
}

/// Whether this command runs with all rights.
pub(crate) fn is_root() -> bool {
    let answer = std::process::Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn apt(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = workspace.command("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let remedy = "check the network and /etc/apt/sources.list, then run the command again";
    Step::new("Installing Debian packages", command, remedy).run()
}

fn sentence(missing: &[&str]) -> String {
    let packages = missing.join(" ");
    format!("This needs {packages}; install them first, on Debian with `sudo apt-get install {packages}`")
}

fn is_on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| is_program(&folder.join(program)))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && succeeds(std::process::Command::new("test").arg("-x").arg(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_install_is_told_what_to_install() {
        assert_eq!(
            sentence(&["postgresql", "chromium"]),
            "This needs postgresql chromium; install them first, on Debian with \
             `sudo apt-get install postgresql chromium`"
        );
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(is_on_path("sh"));
        assert!(!is_on_path("no-such-program-of-ours"));
    }
}
