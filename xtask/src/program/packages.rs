//! npm packages: styles, charts in the browser, journeys.

use std::path::Path;

use crate::{
    failure::Failure,
    processes::step::Step,
    program::freshness,
    workspace::{self, Workspace},
};

const OLDEST_NODE: (u32, u32) = (20, 19);
const ECHARTS: &str = "echarts.esm.min.mjs";

/// Installs the packages of the lock file where they are missing or older than it, and the browser's copy of ECharts.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    check_node(workspace)?;
    let lock = workspace.root.join("package-lock.json");
    let installed = workspace.root.join("node_modules/.package-lock.json");
    if !freshness::is_newer(&installed, &lock) {
        let mut command = workspace.command("npm");
        command.args(["ci", "--no-fund", "--no-audit"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        let remedy =
            "check that this machine reaches npm's registry (`npm ping`), then run the command again";
        Step::new("Installing the npm packages", command, remedy).run()?;
    }
    let vendor = workspace.root.join("public/vendor");
    workspace::make_folder(&vendor)?;
    copy_changed(&workspace.root.join("node_modules/echarts/dist").join(ECHARTS), &vendor.join(ECHARTS))
}

fn check_node(workspace: &Workspace) -> Result<(), Failure> {
    let mut command = workspace.command("node");
    command.arg("--version");
    let (major, minor) = OLDEST_NODE;
    let remedy =
        format!("install Node.js {major}.{minor} or newer with npm, for example from https://nodejs.org");
    let version = Step::new("Looking for Node.js", command, remedy.clone()).output()?;
    if node_version(&version).is_some_and(|found| found >= OLDEST_NODE) {
        return Ok(());
    }
    Err(Failure::new(format!("Node.js {} is too old; {remedy}", version.trim())))
}

fn node_version(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Leaves an equal file alone, so that its time does not ask for a build.
fn copy_changed(from: &Path, to: &Path) -> Result<(), Failure> {
    let content = std::fs::read(from).map_err(|cause| Failure::on_path("read", from, &cause))?;
    if std::fs::read(to).is_ok_and(|present| present == content) {
        return Ok(());
    }
    std::fs::write(to, content).map_err(|cause| Failure::on_path("write", to, &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_as_numbers() {
        assert_eq!(node_version("v20.20.2\n"), Some((20, 20)));
        assert!(node_version("v20.9.0").is_some_and(|found| found < OLDEST_NODE));
        assert!(node_version("v22.1.0").is_some_and(|found| found > OLDEST_NODE));
        assert_eq!(node_version("nonsense"), None);
    }
}
