//! Receiving files in pieces.

use datasets::Upload;
use db::db_test;
use kernel::{AppError, DatasetId, Role};

use crate::company::{Company, PLAIN};

/// Sends one piece from `offset` on.
async fn send(company: &Company, id: DatasetId, offset: usize, bytes: &[u8]) -> Result<Upload, AppError> {
    let mut piece = company.datasets.begin_piece(&company.owner, id, offset as u64).await?;
    if let Err(error) = piece.write(bytes).await {
        company.datasets.drop_piece(id, piece).await?;
        return Err(error);
    }
    company.datasets.end_piece(&company.owner, id, piece).await
}

async fn begin(company: &Company, bytes: usize) -> DatasetId {
    company.datasets.begin_resumable(&company.owner, "figures.csv", bytes as u64).await.unwrap().id
}

db_test!(a_file_in_pieces_is_the_file_that_was_sent, |db: Db| {
    let company = Company::new(&db).await;
    let id = begin(&company, PLAIN.len()).await;
    let (first, second) = PLAIN.split_at(7);
    let upload = send(&company, id, 0, first).await.unwrap();
    assert_eq!((upload.received_bytes, upload.is_done), (7, false));
    assert_eq!(company.datasets.resumable(&company.owner, id).await.unwrap().received_bytes, 7);
    let upload = send(&company, id, 7, second).await.unwrap();
    assert!(upload.is_done);
    assert_eq!(company.original(id).await.unwrap(), PLAIN);
    let again = company.datasets.resumable(&company.owner, id).await.unwrap();
    assert_eq!((again.received_bytes, again.is_done), (PLAIN.len() as u64, true));
    assert_eq!(company.files_on_disk().len(), 1, "the part is gone");
});

db_test!(whoever_was_cut_off_goes_on_after_what_was_acknowledged, |db: Db| {
    let company = Company::new(&db).await;
    let id = begin(&company, PLAIN.len()).await;
    send(&company, id, 0, &PLAIN[..5]).await.unwrap();
    // A process that died while it wrote: bytes are in the file, and nobody was told.
    let mut died = company.datasets.begin_piece(&company.owner, id, 5).await.unwrap();
    died.write(b"rubbish").await.unwrap();
    drop(died);
    assert_eq!(send(&company, id, 5, b"x").await.unwrap_err().status(), 409, "it may still be writing");
    let later = company.later(chrono::TimeDelta::minutes(6)).await;
    assert_eq!(later.datasets.resumable(&later.owner, id).await.unwrap().received_bytes, 5);
    let upload = send(&later, id, 5, &PLAIN[5..]).await.unwrap();
    assert!(upload.is_done);
    assert_eq!(later.original(id).await.unwrap(), PLAIN);
});

db_test!(a_piece_at_the_wrong_place_or_too_long_changes_nothing, |db: Db| {
    let company = Company::new(&db).await;
    let id = begin(&company, PLAIN.len()).await;
    send(&company, id, 0, &PLAIN[..5]).await.unwrap();
    for offset in [0, 4, 6] {
        let refused = send(&company, id, offset, b"x").await.unwrap_err();
        assert_eq!(refused.status(), 409, "{offset}");
        assert!(refused.to_string().contains("byte 5"), "{refused}");
    }
    let refused = send(&company, id, 5, &vec![b'1'; PLAIN.len()]).await.unwrap_err();
    assert_eq!(refused.status(), 409);
    assert!(send(&company, id, 5, &PLAIN[5..]).await.unwrap().is_done);
    assert_eq!(company.original(id).await.unwrap(), PLAIN);
});

db_test!(what_is_no_csv_is_refused_at_the_end_and_nothing_of_it_kept, |db: Db| {
    let company = Company::new(&db).await;
    let pdf = b"%PDF-1.7\nsomething";
    let id = begin(&company, pdf.len()).await;
    assert_eq!(send(&company, id, 0, pdf).await.unwrap_err().status(), 422);
    assert_eq!(company.datasets.resumable(&company.owner, id).await.unwrap_err().status(), 404);
    assert!(company.files_on_disk().is_empty());
});

db_test!(an_upload_can_be_given_up_and_old_ones_go_by_themselves, |db: Db| {
    let company = Company::new(&db).await;
    let (one, other) = (begin(&company, 10).await, begin(&company, 10).await);
    send(&company, one, 0, b"abc").await.unwrap();
    company.datasets.cancel_resumable(&company.owner, one).await.unwrap();
    assert_eq!(company.datasets.resumable(&company.owner, one).await.unwrap_err().status(), 404);
    let later = company.later(chrono::TimeDelta::hours(25)).await;
    later.datasets.sweep_uploads().await.unwrap();
    assert_eq!(later.datasets.resumable(&later.owner, other).await.unwrap_err().status(), 404);
});

db_test!(uploads_are_for_those_who_manage_data_of_their_own_company, |db: Db| {
    let company = Company::new(&db).await;
    let id = begin(&company, 10).await;
    let viewer = company.member(Role::Member).await;
    assert_eq!(company.datasets.begin_resumable(&viewer, "a.csv", 3).await.unwrap_err().status(), 403);
    assert_eq!(company.datasets.resumable(&viewer, id).await.unwrap_err().status(), 403);
    let other = company.neighbour().await;
    assert_eq!(company.datasets.resumable(&other.owner, id).await.unwrap_err().status(), 404);
    assert!(company.datasets.begin_piece(&other.owner, id, 0).await.is_err());
    for _ in 0..19 {
        begin(&company, 10).await;
    }
    assert_eq!(company.datasets.begin_resumable(&company.owner, "a.csv", 3).await.unwrap_err().status(), 409);
});

db_test!(twenty_uploads_of_a_company_are_open_at_once_and_no_more_however_fast_they_come, |db: Db| {
    let company = Company::new(&db).await;
    let begun = (0..24).map(|_| company.datasets.begin_resumable(&company.owner, "a.csv", 10));
    let begun = futures::future::join_all(begun).await;
    assert_eq!(begun.iter().filter(|upload| upload.is_ok()).count(), 20);
    let refused = begun.into_iter().find_map(Result::err).unwrap();
    assert!(refused.to_string().contains("Finish or cancel some first"), "{refused}");
});
