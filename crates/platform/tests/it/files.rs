//! Kept files.

use std::{path::Path, time::Duration};

use chrono::TimeDelta;
use futures::TryStreamExt;
use platform::Files;

use crate::workspace::ambient;

const KEY: &str = "workspace/uploads/one";

async fn open(folder: &Path) -> Files {
    Files::open(folder, ambient(TimeDelta::zero())).await.unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Bytes that no decoder, line ending or compression would leave alone.
fn awkward_bytes() -> Vec<u8> {
    let mut bytes = b"\xEF\xBB\xBFa;b\r\n\0\x1A\"x\n".to_vec();
    bytes.extend((0..300_000_u32).flat_map(u32::to_le_bytes));
    bytes
}

#[tokio::test]
async fn kept_bytes_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path()).await;
    let bytes = awkward_bytes();
    let mut spool = files.spool().await.unwrap();
    for piece in bytes.chunks(70_001) {
        spool.write(piece).await.unwrap();
    }
    let spooled = spool.finish().await.unwrap();
    assert_eq!(spooled.size_bytes, bytes.len() as u64);
    files.keep(spooled, KEY).await.unwrap();

    assert_eq!(files.read(KEY).await.unwrap(), bytes);
    let (size_bytes, stream) = files.stream(KEY).await.unwrap();
    let pieces: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
    assert_eq!((size_bytes, pieces.concat()), (bytes.len() as u64, bytes.clone()));
    assert_eq!(std::fs::read(files.path(KEY)).unwrap(), bytes);
    assert!(names(&folder.path().join("tmp")).is_empty());
}

#[tokio::test]
async fn nobody_else_on_the_machine_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    // As an earlier version left it.
    std::fs::create_dir_all(root.join("kept")).unwrap();
    std::fs::set_permissions(root.join("kept"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let files = open(&root).await;
    files.keep_bytes(b"month,MRR\n", KEY).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let kept = files.path(KEY);
    assert_eq!(mode(&kept), 0o600);
    for inside in kept.ancestors().skip(1).take_while(|above| *above != root) {
        assert_eq!(mode(inside), 0o700, "{}", inside.display());
    }
    assert_eq!(mode(&root.join("tmp")), 0o700);
}

#[tokio::test]
async fn the_digest_is_that_of_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let facts = open(folder.path()).await.keep_bytes(b"abc", KEY).await.unwrap();
    // FIPS 180-2, appendix B.1.
    assert_eq!(facts.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn what_is_not_kept_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path()).await;
    let mut growing = files.spool().await.unwrap();
    growing.write(b"half of it").await.unwrap();
    let mut complete = files.spool().await.unwrap();
    complete.write(b"all of it").await.unwrap();
    let complete = complete.finish().await.unwrap();
    assert_eq!(names(&folder.path().join("tmp")).len(), 2);

    drop((growing, complete));
    assert!(names(&folder.path().join("tmp")).is_empty());
    assert!(names(&folder.path().join("kept")).is_empty());
}

#[tokio::test]
async fn keeping_the_same_bytes_twice_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path()).await;
    files.keep_bytes(b"same", KEY).await.unwrap();
    files.keep_bytes(b"same", KEY).await.unwrap();
    assert_eq!(files.read(KEY).await.unwrap(), "same");
}

#[tokio::test]
async fn a_removed_file_is_gone_and_can_be_removed_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path()).await;
    files.keep_bytes(b"short-lived", KEY).await.unwrap();
    files.remove(KEY).await.unwrap();
    files.remove(KEY).await.unwrap();
    assert!(files.read(KEY).await.is_err());
}

#[tokio::test]
async fn a_start_sweeps_away_old_leftovers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.keep_bytes(b"kept", KEY).await.unwrap();
    let spools = folder.path().join("tmp");
    for (name, age_seconds) in [("old", 7200), ("young", 60)] {
        let file = std::fs::File::create(spools.join(name)).unwrap();
        file.set_modified(file.metadata().unwrap().modified().unwrap() - Duration::from_secs(age_seconds))
            .unwrap();
    }
    let files = open(folder.path()).await;
    assert_eq!(names(&spools), ["young"]);
    assert_eq!(files.read(KEY).await.unwrap(), "kept");
}
