//! The key ring while the program works.

use std::process::Stdio;

use crate::program::{Program, command, wait_until};

#[test]
fn a_ring_is_rotated_beside_the_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let measured = |version: u32| program.measured(&format!("data_keys{{ring_version=\"{version}\"}}"));
    assert!(measured(1) >= Some(1.0) && measured(2).is_none());

    let mut rotate = command(folder.path(), &["keys", "rotate"], &[]);
    let rotated = rotate.stdout(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(rotated.stdout).unwrap();
    assert!(rotated.status.success() && said.contains("values are sealed anew"), "{said}");
    wait_until("the program has the new version", || measured(1) == Some(0.0) && measured(2) >= Some(1.0));
    assert_eq!(program.get("/health/ready").0, 200);
}
