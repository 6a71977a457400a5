//! Receiving files.

use datasets::DatasetState;
use db::{db_test, on_everywhere, sqlx};
use kernel::PageRequest;

use crate::company::{Company, PLAIN};

db_test!(a_received_file_is_kept_byte_for_byte, |db: Db| {
    let company = Company::new(&db).await;
    let bytes = b"\xEF\xBB\xBFMonat;MRR\r\n2026-01;\"1.234,56\"\r\n\r\n2026-02;\xFF\x00\n";
    let id = company.upload("Zahlen Q1.csv", bytes).await;
    assert_eq!(company.original(id).await.unwrap(), bytes);

    let dataset = company.get(id).await;
    assert_eq!(
        (dataset.summary.name.as_str(), dataset.summary.size_bytes),
        ("Zahlen Q1.csv", bytes.len() as u64)
    );
    assert_eq!((dataset.summary.state, dataset.profile), (DatasetState::Reading, None));
});

db_test!(the_digest_of_a_file_is_kept_with_it, |db: Db| {
    let company = Company::new(&db).await;
    // FIPS 180-2, appendix B.1.
    let dataset = company.get(company.upload("a.csv", b"abc").await).await;
    assert_eq!(dataset.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

db_test!(what_is_no_csv_is_refused_and_nothing_of_it_kept, |db: Db| {
    let company = Company::new(&db).await;
    let foreign: [(&str, &[u8]); 7] = [
        ("empty", b""),
        ("workbook", b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml"),
        ("gzip", b"\x1F\x8B\x08\0\0\0\0\0"),
        ("png", b"\x89PNG\r\n\x1A\n\0\0"),
        ("pdf", b"%PDF-1.7\n"),
        ("web page", b"<!DOCTYPE html><html>"),
        ("json", b"[{\"month\": \"2026-01\"}]"),
    ];
    for (what, bytes) in foreign {
        let refused = company.upload_as(&company.owner, "figures.csv", bytes).await.unwrap_err();
        assert_eq!(refused.fields().first().map(|error| error.field.as_str()), Some("file"), "{what}");
    }
    assert_eq!(company.datasets.list(&company.owner, PageRequest::new(1)).await.unwrap().total, 0);
    assert!(company.files_on_disk().is_empty());
});

db_test!(a_name_that_could_mislead_is_made_harmless, |db: Db| {
    let company = Company::new(&db).await;
    for (sent, shown) in
        [("../../etc/passwd", "passwd"), ("a\u{202E}vsc.exe\r\n", "avsc.exe"), ("", "upload.csv")]
    {
        let dataset = company.get(company.upload(sent, PLAIN).await).await;
        assert_eq!(dataset.summary.name, shown);
    }
});

db_test!(files_are_listed_page_by_page_with_how_many_there_are, |db: Db| {
    let company = Company::new(&db).await;
    for number in 0..3 {
        company.upload(&format!("{number}.csv"), PLAIN).await;
    }
    let request = PageRequest { number: 1, size: 2 };
    let first = company.datasets.list(&company.owner, request).await.unwrap();
    let second = company.datasets.list(&company.owner, PageRequest { number: 2, ..request }).await.unwrap();
    assert_eq!((first.items.len(), second.items.len(), first.total, first.pages()), (2, 1, 3, 2));
    let mut names: Vec<String> = first.items.into_iter().chain(second.items).map(|file| file.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["0.csv", "1.csv", "2.csv"]);
});

db_test!(an_upload_is_in_the_audit_log_with_its_digest, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("figures.csv", PLAIN).await;
    let entries: Vec<(String, String, String)> = on_everywhere!(&db, |c| sqlx::query_as(
        "SELECT action, subject, detail FROM audit_events WHERE action = 'dataset.uploaded'"
    )
    .fetch_all(c)
    .await)
    .unwrap();
    assert_eq!(entries, [("dataset.uploaded".to_owned(), id.to_string(), company.get(id).await.sha256)]);
});
