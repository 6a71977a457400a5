//! The program: built by cargo-leptos, found again, started.

mod freshness;
pub(crate) mod packages;
pub(crate) mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{failure::Failure, processes::step::Step, terminal, workspace::Workspace};

/// How the program is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// A built program and the files it serves.
pub(crate) struct Program {
    pub(crate) executable: PathBuf,
    /// Scripts, styles, fonts.
    pub(crate) site: PathBuf,
    /// The hashes in the names of scripts and styles; has to lie beside the executable.
    pub(crate) hashes: PathBuf,
    stamp: PathBuf,
}

impl Program {
    /// Installs what is missing and builds, unless nothing changed since the last build.
    pub(crate) fn build(workspace: &Workspace, profile: Profile) -> Result<Self, Failure> {
        tools::install(workspace)?;
        packages::install(workspace)?;
        let program = Self::locate(&workspace.target, profile);
        if program.is_fresh(&workspace.root) {
            return Ok(program);
        }
        terminal::say("Building Quartile");
        program.begin_stamp()?;
        let remedy = "read the messages above; `cargo leptos` ran with the tools of this command";
        Step::new("Building the program", program.build_command(workspace, profile), remedy).run()?;
        program.finish_stamp()?;
        Ok(program)
    }

    /// `quartile` with the files it was built with.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.command(&self.executable);
        command.env("QUARTILE__SERVER__SITE", &self.site);
        command
    }

    /// Each profile has files of its own: names carry hashes, so a shared folder would fit only the last build.
    fn locate(target: &Path, profile: Profile) -> Self {
        let (folder, site) = match profile {
            Profile::Debug => ("debug", "site"),
            Profile::Release => ("release", "site-release"),
        };
        Self {
            executable: target.join(folder).join("quartile"),
            site: target.join(site),
            hashes: target.join(folder).join("hash.txt"),
            stamp: target.join(folder).join("quartile.built"),
        }
    }

    fn build_command(&self, workspace: &Workspace, profile: Profile) -> Command {
        let mut command = workspace.command("cargo");
        command.args(["leptos", "build"]);
        if matches!(profile, Profile::Release) {
            command.args(["--release", "--precompress"]);
        }
        // cargo-leptos would look for the package's name and, with another target folder, keep the site in the checkout.
        command.env("LEPTOS_BIN_EXE_NAME", "quartile").env("LEPTOS_SITE_ROOT", &self.site);
        command
    }

    fn is_fresh(&self, root: &Path) -> bool {
        let complete =
            [&self.executable, &self.hashes, &self.site.join("pkg")].iter().all(|path| path.exists());
        let built = freshness::changed_at(&self.stamp);
        complete && built.is_some() && built > freshness::sources_changed_at(root)
    }

    /// The stamp bears the time the build began: what is edited meanwhile is built next time.
    fn begin_stamp(&self) -> Result<(), Failure> {
        let _ = fs::remove_file(&self.stamp);
        let started = self.stamp.with_extension("building");
        fs::create_dir_all(started.parent().unwrap_or(&started))
            .and_then(|()| fs::write(&started, ""))
            .map_err(|cause| Failure::on_path("write", &started, &cause))
    }

    fn finish_stamp(&self) -> Result<(), Failure> {
        let started = self.stamp.with_extension("building");
        fs::rename(&started, &self.stamp).map_err(|cause| Failure::on_path("rename", &started, &cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_and_release_share_no_file() {
        let target = Path::new("/t");
        let debug = Program::locate(target, Profile::Debug);
        let release = Program::locate(target, Profile::Release);
        assert_eq!(debug.executable, Path::new("/t/debug/quartile"));
        assert_eq!(debug.site, Path::new("/t/site"));
        assert_eq!(release.hashes, Path::new("/t/release/hash.txt"));
        assert_ne!(debug.site, release.site);
        assert_ne!(debug.stamp, release.stamp);
    }
}
