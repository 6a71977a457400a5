//! Hands the kept inputs of a target to its property, as ordinary tests do.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

/// Fails with the name of the first kept input for which the property does not hold.
pub(crate) fn replay(target: &str, property: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no inputs", folder.display());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let held = catch_unwind(AssertUnwindSafe(|| property(&bytes)));
        assert!(held.is_ok(), "{} breaks the property", file.display());
    }
}
