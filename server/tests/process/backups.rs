//! Backups that the program makes by itself.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path};

use crate::program::{Program, command, wait_until};

const VERIFIED: &str = "backup_last_verified_timestamp_seconds";

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_backup_is_made_and_proved_and_old_ones_go() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    fs::create_dir_all(backups.join("drill-cut-off")).unwrap();
    let old = ["quartile-20200101T000000Z.backup", "quartile-20200102T000000Z.backup"];
    let left = ["quartile-20200103T000000Z.unproved", "quartile-20200103T000000Z.partial"];
    for name in old.iter().chain(&left).chain(&["of-somebody-else.backup"]) {
        fs::write(backups.join(name), "").unwrap();
    }
    let settings = [("QUARTILE__BACKUP__FOLDER", backups.to_str().unwrap()), ("QUARTILE__BACKUP__KEEP", "2")];
    let program = Program::start(folder.path(), &settings);
    wait_until("a backup is made", || program.measured(VERIFIED).is_some());

    let mut found = names(&backups);
    assert!(found.remove("of-somebody-else.backup") && found.remove(old[1]), "{found:?}");
    // Beside the backups are the keys of people, and what keeps two nodes from writing them at once.
    assert!(found.remove("people.keys") && found.remove("people.lock"), "{found:?}");
    let new = found.pop_first().unwrap();
    assert!(found.is_empty() && new.starts_with("quartile-2"), "{new} {found:?}");
    let new = backups.join(new);
    let about = fs::metadata(&new).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert_eq!(
        program.measured("backup_last_bytes").map(|bytes| format!("{bytes}")),
        Some(about.len().to_string())
    );
    assert_eq!(program.measured("backups_total{outcome=\"verified\"}"), Some(1.0));
    let (status, health) = program.get("/health/all");
    assert!(status == 200 && health.contains("\"backups\",\"state\":\"well\""), "{health}");
    drop(program);

    let drill = command(folder.path(), &["backup", "drill", new.to_str().unwrap()], &[]).status().unwrap();
    assert!(drill.success());
}

#[test]
fn without_a_place_for_backups_the_program_serves_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[("QUARTILE__BACKUP__FOLDER", "/dev/full/backups")]);
    let failed = "backups_total{outcome=\"failed\"}";
    wait_until("a backup fails", || program.measured(failed) == Some(1.0));
    let (status, health) = program.get("/health/all");
    assert!(status == 200 && health.contains("\"backups\",\"state\":\"strained\""), "{health}");
    assert_eq!((program.get("/health").0, program.measured(VERIFIED)), (200, None));
}
