//! Log files, and a disk that takes nothing.

use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::program::{Program, wait_until};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn the_log_is_in_its_folder_to_the_last_line_and_security_has_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let settings = [("QUARTILE__LOG__FOLDER", logs.to_str().unwrap()), ("QUARTILE__LOG__LEVEL", "info")];
    let mut program = Program::start(folder.path(), &settings);
    assert_eq!(program.measured("log_dropped_total"), Some(0.0));
    assert_eq!(program.get("/account").0, 401);
    assert_eq!(program.stop(), Some(0));

    let all = lines(&std::fs::read_to_string(logs.join("quartile.log")).unwrap());
    assert_eq!(all.last().unwrap()["message"], "Stopped");
    let security = lines(&std::fs::read_to_string(logs.join("security.log")).unwrap());
    assert!(security.iter().all(|line| line["target"] == "security"), "{security:?}");
    let refused = security.iter().find(|line| line["message"] == "Request refused").unwrap();
    assert_eq!((&refused["status"], &refused["place"]), (&401.into(), &"127.0.0.1".into()));
    assert_eq!(refused["span"]["route"], "/account");
}

#[test]
fn a_full_disk_under_the_log_stops_nobody_and_shows_in_a_measurement() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for name in ["quartile.log", "security.log"] {
        // Every write to it fails as on a full disk.
        symlink("/dev/full", logs.join(name)).unwrap();
    }
    let program = Program::start(folder.path(), &[("QUARTILE__LOG__FOLDER", logs.to_str().unwrap())]);
    for _ in 0..50 {
        assert_eq!(program.get("/health").0, 200);
    }
    wait_until("lost lines are counted", || program.measured("log_dropped_total") >= Some(50.0));

    std::fs::remove_file(logs.join("quartile.log")).unwrap();
    wait_until("the disk has room again", || {
        program.get("/health");
        std::fs::read_to_string(logs.join("quartile.log")).is_ok_and(|text| !text.is_empty())
    });
    lines(&std::fs::read_to_string(logs.join("quartile.log")).unwrap());
}
