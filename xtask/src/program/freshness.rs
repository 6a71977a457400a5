//! Whether something made is newer than what it is made of.

use std::{
    fs::{self, Metadata},
    path::Path,
    time::SystemTime,
};

/// What the program is not made of.
const ASIDE: [&str; 10] =
    [".ci", ".git", "data", "deploy", "docs", "end2end", "node_modules", "proof", "target", "xtask"];

/// Whether `made` exists and is at least as new as `source`.
pub(crate) fn is_newer(made: &Path, source: &Path) -> bool {
    match (changed_at(made), changed_at(source)) {
        (Some(made), Some(source)) => made >= source,
        _ => false,
    }
}

/// When any source of the program last changed; a folder's own time tells of files that went away.
pub(crate) fn sources_changed_at(root: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(root).ok()?.flatten();
    let sources =
        entries.filter(|entry| !entry.file_name().to_str().is_some_and(|name| ASIDE.contains(&name)));
    sources.filter_map(|entry| newest_below(&entry.path())).max()
}

pub(crate) fn changed_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let own = metadata.modified().ok()?;
    if !Metadata::is_dir(&metadata) {
        return Some(own);
    }
    let entries = fs::read_dir(path).ok()?.flatten();
    entries.filter_map(|entry| newest_below(&entry.path())).chain([own]).max()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Checkout(std::path::PathBuf);

    impl Checkout {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("quartile-freshness-{name}-{}", std::process::id()));
            fs::create_dir_all(root.join("app")).unwrap();
            fs::create_dir_all(root.join("docs")).unwrap();
            Self(root)
        }

        fn write(&self, name: &str, seconds: u64) {
            let file = fs::File::create(self.0.join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        }

        fn age_folder(&self, name: &str, seconds: u64) {
            let folder = fs::File::open(self.0.join(name)).unwrap();
            folder.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        }
    }

    impl Drop for Checkout {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_newest_source_counts_and_documents_do_not() {
        let checkout = Checkout::new("newest");
        checkout.write("Cargo.toml", 100);
        checkout.write("app/lib.rs", 300);
        checkout.write("docs/METHOD.md", 900);
        checkout.age_folder("app", 200);
        let newest = sources_changed_at(&checkout.0).unwrap();
        assert_eq!(newest, SystemTime::UNIX_EPOCH + Duration::from_mins(5));
    }

    #[test]
    fn what_is_missing_is_never_newer() {
        let checkout = Checkout::new("missing");
        checkout.write("old", 100);
        checkout.write("new", 200);
        assert!(is_newer(&checkout.0.join("new"), &checkout.0.join("old")));
        assert!(!is_newer(&checkout.0.join("old"), &checkout.0.join("new")));
        assert!(!is_newer(&checkout.0.join("none"), &checkout.0.join("old")));
    }
}
