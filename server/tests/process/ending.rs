//! How the program ends when it is told to.

use crate::program::Program;

#[test]
fn whoever_is_told_to_end_at_once_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..10 {
        // It answers before everything of its start is done.
        assert_eq!(Program::start(folder.path(), &[]).stop(), Some(0));
    }
}
