//! What the program does not start with: one sentence that says why and what to do, and the exit code for settings that do not fit.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use db::{Db, on_tx, sqlx};

use crate::program::{Program, command};

const BAD_CONFIGURATION: i32 = 78;

/// Has the program refuse to start; its sentence.
fn refusal(folder: &Path, settings: &[(&str, &str)]) -> String {
    let mut serve = command(folder, &["serve", "--addr", "127.0.0.1:0"], settings);
    let output = serve.stderr(Stdio::piped()).output().unwrap();
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(BAD_CONFIGURATION), "{sentence}");
    assert!(sentence.starts_with("quartile: ") && sentence.lines().count() == 1, "{sentence}");
    sentence
}

/// A folder that the program has worked in.
fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Program::start(folder.path(), &[]).stop();
    folder
}

#[test]
fn a_second_program_does_not_work_on_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Program::start(folder.path(), &[]);
    let sentence = refusal(folder.path(), &[]);
    assert!(sentence.contains("another Quartile") && sentence.contains("server.data"), "{sentence}");
    assert_eq!(first.get("/health/ready").0, 200);
    first.stop();
    assert_eq!(Program::start(folder.path(), &[]).get("/health/ready").0, 200);
}

#[test]
fn files_that_everybody_reads_are_not_used_and_none_is_made() {
    let folder = used();
    let data = folder.path().join("data");
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    for (name, word) in [("quartile.db", "chmod 600"), ("keys.toml", "chmod 600")] {
        let file = data.join(name);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let sentence = refusal(folder.path(), &[]);
        assert!(sentence.contains(name) && sentence.contains(word), "{sentence}");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_damaged_database_is_left_as_it_is() {
    const PAGE: usize = 4096;
    let folder = used();
    let file = folder.path().join("data/quartile.db");
    let whole = fs::read(&file).unwrap();
    for page in [0, 2, 5] {
        let mut damaged = whole.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0xa5);
        fs::write(&file, &damaged).unwrap();
        let sentence = refusal(folder.path(), &[]);
        assert!(sentence.contains("is damaged") && sentence.contains("backup restore"), "{page}: {sentence}");
        assert!(fs::read(&file).unwrap() == damaged, "page {page} was written over");
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(Program::start(folder.path(), &[]).get("/health/ready").0, 200);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    const LATER: &str = "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'later', TRUE, x'00', 0)";
    let folder = used();
    let db = Db::open_sqlite(&folder.path().join("data/quartile.db"), 1).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(LATER).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    let sentence = refusal(folder.path(), &[]);
    assert!(sentence.contains("schema 9999") && sentence.contains("newer Quartile"), "{sentence}");
}

#[test]
fn settings_that_would_show_secrets_to_the_network_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("QUARTILE__SERVER__BASE_URL", "http://quartile.example"),
        ("QUARTILE__REDIS__URL", "redis://cache.example:6379"),
        ("QUARTILE__OPERATIONS__TOKEN", "short"),
    ] {
        let sentence = refusal(folder.path(), &[(name, value)]);
        assert!(sentence.contains(name), "{sentence}");
    }
    let google = [
        ("QUARTILE__GOOGLE__CLIENT_ID", "me"),
        ("QUARTILE__GOOGLE__CLIENT_SECRET", "not-a-secret"),
        ("QUARTILE__GOOGLE__ISSUER", "http://accounts.example"),
    ];
    assert!(refusal(folder.path(), &google).contains("google.issuer"));
    assert!(!folder.path().join("data").exists(), "nothing was made");
}
