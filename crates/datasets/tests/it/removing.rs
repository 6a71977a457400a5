//! Removing files.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use db::{db_test, on_everywhere, sqlx};
use kernel::AppError;

use crate::company::{Company, PLAIN};

db_test!(a_removed_file_is_gone_with_its_bytes, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PLAIN).await.summary.id;
    company.datasets.delete(&company.owner, id).await.unwrap();
    assert_eq!(company.datasets.get(&company.owner, id).await.unwrap_err(), AppError::not_found("file"));
    assert_eq!(company.original(id).await.unwrap_err(), AppError::not_found("file"));
    assert_eq!(company.datasets.delete(&company.owner, id).await.unwrap_err(), AppError::not_found("file"));
    assert!(company.files_on_disk().is_empty());
});

db_test!(what_a_removed_file_was_called_is_in_no_log, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("salary of Ada Moreau.csv", PLAIN).await;
    company.work().await;
    company.datasets.delete(&company.owner, id).await.unwrap();
    let noted: Vec<(String, String, String)> = on_everywhere!(&db, |c| sqlx::query_as(
        "SELECT action, subject, detail FROM audit_events WHERE action LIKE 'dataset.%' ORDER BY seq"
    )
    .fetch_all(c)
    .await)
    .unwrap();
    assert_eq!(noted.last().unwrap(), &("dataset.deleted".to_owned(), id.to_string(), "3 rows".to_owned()));
    assert_eq!(noted.len(), 3, "uploaded, read and deleted");
    assert!(!format!("{noted:?}").contains("Ada Moreau"), "{noted:?}");
});

db_test!(bytes_that_another_file_shares_stay_until_that_one_goes_too, |db: Db| {
    let company = Company::new(&db).await;
    let one = company.upload("one.csv", PLAIN).await;
    let other = company.upload("other.csv", PLAIN).await;
    assert_ne!(one, other);
    company.datasets.delete(&company.owner, one).await.unwrap();
    assert_eq!(company.original(other).await.unwrap(), PLAIN);
    company.datasets.delete(&company.owner, other).await.unwrap();
    assert!(company.files_on_disk().is_empty());
});

db_test!(the_same_bytes_of_two_companies_have_nothing_to_do_with_each_other, |db: Db| {
    let (ours, theirs) = {
        let ours = Company::new(&db).await;
        let theirs = ours.neighbour().await;
        (ours, theirs)
    };
    let (one, other) = (ours.upload("one.csv", PLAIN).await, theirs.upload("other.csv", PLAIN).await);
    ours.datasets.delete(&ours.owner, one).await.unwrap();
    assert_eq!(theirs.original(other).await.unwrap(), PLAIN);
});

db_test!(a_file_removed_before_it_was_read_stops_nothing, |db: Db| {
    let company = Company::new(&db).await;
    let removed = company.upload("removed.csv", PLAIN).await;
    company.datasets.delete(&company.owner, removed).await.unwrap();
    let kept = company.read(b"month,MRR\n2026-01,1\n").await;
    assert_eq!(kept.summary.row_count, Some(1));
});

/// Has the file look as if it was written long ago.
fn age(file: &Path) {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
    File::options().append(true).open(file).unwrap().set_modified(long_ago).unwrap();
}

db_test!(files_that_were_cut_off_from_their_entry_go_and_all_others_stay, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PLAIN).await.summary.id;
    let [kept] = company.files_on_disk().try_into().unwrap();
    let (cut_off, on_its_way) = (kept.with_file_name("cut-off"), kept.with_file_name("on-its-way"));
    let tables = kept.parent().unwrap().with_file_name("tables");
    fs::create_dir(&tables).unwrap();
    let table = tables.join("cut-off.parquet");
    for file in [&cut_off, &on_its_way, &table] {
        fs::write(file, PLAIN).unwrap();
    }
    for file in [&kept, &cut_off, &table] {
        age(file);
    }
    company.datasets.sweep_files(company.owner.workspace_id()).await.unwrap();
    assert!(!cut_off.exists() && !table.exists(), "nothing names them");
    assert!(on_its_way.exists(), "its entry may be about to come");
    assert_eq!(company.download(&company.owner, id).await.unwrap(), PLAIN);
});
