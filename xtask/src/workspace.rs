//! Where things are: the checkout, cargo's target folder, the cache of tools.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{failure::Failure, processes::step::Step};

/// Set for us by `cargo run`; tools below would take them for their own.
const OURS_ALONE: [&str; 3] = ["SERVER_FN_MOD_PATH", "DISABLE_SERVER_FN_HASH", "SERVER_FN_PREFIX"];

/// The folders every command works in.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever `CARGO_TARGET_DIR` or a setting puts it.
    pub(crate) target: PathBuf,
    pub(crate) cache: PathBuf,
}

impl Workspace {
    /// Asks cargo, so that every way of moving the target folder is understood.
    pub(crate) fn find() -> Result<Self, Failure> {
        let mut command = Command::new("cargo");
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata =
            Step::new("Reading the workspace", command, "run the command inside the checkout").output()?;
        let folder = |key| {
            text_of(&metadata, key).map(PathBuf::from).ok_or_else(|| {
                Failure::new(format!(
                    "`cargo metadata` names no {key}; update Rust with `rustup update stable`"
                ))
            })
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            cache: cache_folder()?,
        })
    }

    /// The folder of the tools that the commands install.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// The programs of the npm packages.
    pub(crate) fn node_programs(&self) -> PathBuf {
        self.root.join("node_modules/.bin")
    }

    /// A command that runs in the checkout and finds the installed tools first.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path());
        let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in inherited.filter(|name| is_ours_alone(name)) {
            command.env_remove(name);
        }
        command
    }

    fn search_path(&self) -> OsString {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let first = [self.node_programs(), self.tools().join("bin")];
        let all = first.into_iter().chain(std::env::split_paths(&inherited));
        std::env::join_paths(all).unwrap_or(inherited)
    }
}

fn is_ours_alone(name: &str) -> bool {
    OURS_ALONE.contains(&name) || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

fn cache_folder() -> Result<PathBuf, Failure> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("QUARTILE_CACHE")
        .or_else(|| absolute("XDG_CACHE_HOME").map(|folder| folder.join("quartile")))
        .or_else(|| absolute("HOME").map(|folder| folder.join(".cache/quartile")))
        .ok_or_else(|| {
            Failure::new("There is no place for tools; set QUARTILE_CACHE to a folder's full path")
        })
}

/// The string value of the last `key` in a JSON text: cargo writes the workspace's own keys after its packages.
fn text_of(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.rsplit_once(&format!("\"{key}\":\""))?;
    let mut text = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|cause| Failure::on_path("make the folder", path, &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages":[{"metadata":{"target_directory":"/elsewhere"}}],"resolve":null,
        "target_directory":"/home/a \"b\"","build_directory":"/x","version":1,"workspace_root":"/home"}"#;

    #[test]
    fn the_workspace_is_read_from_cargo() {
        assert_eq!(text_of(METADATA, "target_directory").as_deref(), Some("/home/a \"b\""));
        assert_eq!(text_of(METADATA, "workspace_root").as_deref(), Some("/home"));
        assert_eq!(text_of(METADATA, "missing"), None);
    }

    #[test]
    fn tools_do_not_inherit_what_cargo_set_for_us() {
        assert!(is_ours_alone("CARGO_PKG_NAME"));
        assert!(is_ours_alone("DISABLE_SERVER_FN_HASH"));
        assert!(!is_ours_alone("CARGO_TARGET_DIR"));
        assert!(!is_ours_alone("CARGO_INCREMENTAL"));
    }
}
