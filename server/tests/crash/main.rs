//! The program killed in the middle of its work: nothing that it acknowledged is lost, and nothing is half done.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod program;

use std::{
    fmt::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use program::{Place, Program};

/// Runs on SQLite, and on Postgres where a server is named.
macro_rules! crash_test {
    ($name:ident, |$place:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn claim($place: Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                claim(Place::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(place) = Place::postgres().await {
                    claim(place).await;
                }
            }
        }
    };
}

/// A file that no other upload equals; long enough to arrive in several pieces.
fn unique_file(round: usize, client: usize, number: usize) -> String {
    let row = format!("2026-0{},{round}{client}{number:04},some words to fill the line\n", 1 + number % 9);
    format!("month,MRR,note\n{}", row.repeat(4_000))
}

crash_test!(an_acknowledged_upload_survives, |place| {
    let mut program = Program::start(&place).await;
    let visitor = Arc::new(program.sign_up().await);
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..4 {
        let clients: Vec<_> = (0..3)
            .map(|client| {
                let (visitor, acknowledged) = (visitor.clone(), acknowledged.clone());
                let port = program.port;
                tokio::spawn(async move {
                    for number in 0.. {
                        let file = unique_file(round, client, number);
                        let Some(id) = visitor.upload(port, &file).await else { return };
                        acknowledged.lock().unwrap().push((id, file));
                    }
                })
            })
            .collect();
        // However busy the machine is, something is acknowledged before the end.
        let begun = std::time::Instant::now();
        while acknowledged.lock().unwrap().len() < 2 * (round + 1) && begun.elapsed().as_secs() < 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(50 + 170 * round as u64)).await;
        program.kill();
        for client in clients {
            client.await.unwrap();
        }
        program = Program::start(&place).await;
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 4, "only {} uploads were acknowledged", acknowledged.len());
    for (id, file) in &acknowledged {
        let kept = visitor.get(program.port, &format!("/w/acme/data/{id}/original")).await;
        assert!(kept == *file, "{id} is not what was uploaded");
    }
    program.wait_until_read(&visitor, &acknowledged.last().unwrap().0).await;
});

/// Two years of figures that all bear the number of their version.
fn version(number: usize) -> String {
    let mut file = "month,MRR,customers,cash\n".to_owned();
    for month in 0..24 {
        let (year, month) = (2024 + month / 12, 1 + month % 12);
        writeln!(file, "{year}-{month:02},{number},{number},{number}").unwrap();
    }
    file
}

crash_test!(an_import_is_there_as_a_whole_or_not_at_all, |place| {
    let mut program = Program::start(&place).await;
    let visitor = program.sign_up().await;
    let first = visitor.upload(program.port, &version(1)).await.unwrap();
    assert!(visitor.commit(program.port, &first).await, "without a crash it is committed");
    for number in 2..8 {
        let id = visitor.upload(program.port, &version(number)).await.unwrap();
        let port = program.port;
        let committing = visitor.clone();
        let commit = tokio::spawn(async move { committing.commit(port, &id).await });
        tokio::time::sleep(Duration::from_millis(6 * number as u64)).await;
        program.kill();
        let was_acknowledged = commit.await.unwrap();
        program = Program::start(&place).await;
        let versions = visitor.versions(program.port).await;
        assert_eq!(versions.len(), 1, "versions {versions:?} stand side by side");
        assert!(
            !was_acknowledged || versions.contains(&number),
            "version {number} was acknowledged: {versions:?}"
        );
    }
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_after_a_crash_is_kept_once() {
    const ROUNDS: usize = 8;
    let place = Place::sqlite();
    let mut program = Program::start(&place).await;
    let visitor = program.sign_up().await;
    let token = visitor.token(program.port).await;
    let mut ids = std::collections::BTreeSet::new();
    for round in 0..ROUNDS {
        let (key, file, port) = (format!("key-{round}"), unique_file(9, 9, round), program.port);
        let sending = {
            let (visitor, token, key, file) = (visitor.clone(), token.clone(), key.clone(), file.clone());
            tokio::spawn(async move { visitor.upload_once((port, &token), &key, &file).await })
        };
        // From before the file has arrived to after the answer.
        tokio::time::sleep(Duration::from_millis(4 + 11 * round as u64)).await;
        program.kill();
        let first = sending.await.unwrap();
        program = Program::start(&place).await;
        let (status, id) = visitor.upload_once((program.port, &token), &key, &file).await.unwrap();
        assert_eq!(status, 201, "{round}");
        assert!(first.is_none_or(|first| first == (201, id.clone())), "{round}: the same answer as before");
        ids.insert(id);
    }
    assert_eq!((ids.len(), visitor.count_files(program.port).await), (ROUNDS, ROUNDS));
}
