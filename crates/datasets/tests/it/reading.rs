//! Reading kept files in the background.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use chrono::TimeDelta;
use datasets::{
    ColumnKind, DatasetState, DateFormat, Delimiter, FileFormat, Overrides, PersonalData, TableMaker,
    TextEncoding,
};
use db::{db_test, on_everywhere, on_tx, sqlx};
use kernel::{Actor, AppError, Proof, Role};

use crate::company::{Company, PLAIN};

/// Writes how many columns there are, unless told to fail.
#[derive(Default)]
struct Tables {
    fails: AtomicBool,
}

#[async_trait]
impl TableMaker for Tables {
    async fn make_table(&self, file: &Path, format: &FileFormat, table: &Path) -> Result<(), AppError> {
        assert_eq!(std::fs::read(file).unwrap(), PLAIN);
        if self.fails.load(Ordering::SeqCst) {
            return Err(AppError::Internal { reference: "tables".to_owned() });
        }
        std::fs::write(table, format!("{} columns", format.columns.len())).unwrap();
        Ok(())
    }
}

db_test!(a_file_that_was_read_says_what_it_holds, |db: Db| {
    let company = Company::new(&db).await;
    let dataset = company.read(PLAIN).await;
    assert_eq!((dataset.summary.state, dataset.summary.row_count), (DatasetState::Ready, Some(3)));
    assert_eq!((dataset.problem, dataset.has_table), (None, false));
    let format = dataset.profile.unwrap().format;
    let names: Vec<&str> = format.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!((format.delimiter, names), (Delimiter::Comma, vec!["month", "MRR", "customers"]));
    assert_eq!(format.columns[0].kind, ColumnKind::Date(DateFormat::YearMonth));
    assert!(format.columns[1].kind.is_numeric());
});

db_test!(a_file_that_cannot_be_read_says_why_and_is_kept, |db: Db| {
    let company = Company::new(&db).await;
    let dataset = company.read(b"month,MRR\n").await;
    assert_eq!((dataset.summary.state, dataset.profile), (DatasetState::Unreadable, None));
    let problem = dataset.problem.unwrap();
    assert!(problem.contains("line 1") && problem.contains("no rows below"), "{problem}");
    assert_eq!(company.original(dataset.summary.id).await.unwrap(), b"month,MRR\n");
});

db_test!(another_format_reads_the_same_bytes_again, |db: Db| {
    let company = Company::new(&db).await;
    let before = company.read(b"month;MRR,net\n2026-01;1000,50\n2026-02;1100,75\n").await;
    let id = before.summary.id;
    assert_eq!(before.profile.unwrap().format.delimiter, Delimiter::Semicolon);

    let overrides = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
    company.datasets.choose_format(&company.owner, id, &overrides, Proof::Missing).await.unwrap();
    assert_eq!(company.get(id).await.summary.state, DatasetState::Reading);
    company.work().await;
    let after = company.get(id).await;
    assert_eq!((after.summary.state, after.overrides), (DatasetState::Ready, overrides));
    let format = after.profile.unwrap().format;
    assert_eq!((format.delimiter, format.columns[0].name.as_str()), (Delimiter::Comma, "month;MRR"));
});

db_test!(how_a_file_is_to_be_read_is_in_the_log_and_nothing_of_what_it_says, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(b"month;Salary\n2026-01;1000\n2026-02;1100\n").await.summary.id;
    let layout = Overrides {
        encoding: Some(TextEncoding::Windows1252),
        delimiter: Some(Delimiter::Comma),
        ..Overrides::default()
    };
    let columns = BTreeMap::from([(0, ColumnKind::WholeNumber), (1, ColumnKind::YesNo)]);
    let kinds = Overrides { columns, ..layout.clone() };
    let personal = BTreeMap::from([(1, PersonalData::Email)]);
    let about = Overrides { personal, ..Overrides::default() };
    for choice in [&layout, &kinds, &kinds, &Overrides::default(), &about] {
        company.datasets.choose_format(&company.owner, id, choice, Proof::Fresh).await.unwrap();
    }
    let viewer = company.member(Role::Viewer).await;
    assert!(company.datasets.choose_format(&viewer, id, &layout, Proof::Missing).await.is_err());
    let sql = "SELECT action, subject, detail FROM audit_events
        WHERE action IN ('dataset.format_chosen', 'dataset.read_again', 'personal_data.classified') ORDER BY seq";
    let noted: Vec<(String, String, String)> =
        on_everywhere!(&db, |c| sqlx::query_as(sql).fetch_all(c).await).unwrap();
    let expected = [
        ("dataset.format_chosen", "encoding windows_1252, delimiter comma"),
        ("dataset.format_chosen", "columns read as something else: 2"),
        ("dataset.read_again", ""),
        (
            "dataset.format_chosen",
            "encoding found out, delimiter found out, columns read as something else: 2",
        ),
        // Who only says what columns tell about people chooses no format.
        ("personal_data.classified", "column 2: email"),
    ];
    assert_eq!(
        noted,
        expected.map(|(action, detail)| (action.to_owned(), id.to_string(), detail.to_owned()))
    );
});

db_test!(of_several_choices_the_last_counts, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("figures.csv", PLAIN).await;
    let early = Overrides { delimiter: Some(Delimiter::Pipe), ..Overrides::default() };
    let early = company.datasets.choose_format(&company.owner, id, &early, Proof::Fresh).await;
    assert_eq!(early.unwrap_err().status(), 409, "nobody knows yet whether there is something to mask");
    company.work().await;
    for delimiter in [Delimiter::Semicolon, Delimiter::Pipe, Delimiter::Comma] {
        let overrides = Overrides { delimiter: Some(delimiter), ..Overrides::default() };
        company.datasets.choose_format(&company.owner, id, &overrides, Proof::Missing).await.unwrap();
    }
    company.work().await;
    assert_eq!(company.get(id).await.profile.unwrap().format.delimiter, Delimiter::Comma);
});

db_test!(a_reading_that_is_repeated_changes_nothing, |db: Db| {
    let company = Company::new(&db).await;
    let once = company.read(PLAIN).await;
    let again = company
        .datasets
        .choose_format(&company.owner, once.summary.id, &Overrides::default(), Proof::Missing)
        .await;
    again.unwrap();
    company.work().await;
    assert_eq!(company.get(once.summary.id).await, once);
});

db_test!(a_table_is_made_of_a_file_that_was_understood, |db: Db| {
    let company = Company::with_tables(&db, Some(Arc::new(Tables::default()))).await;
    let dataset = company.read(PLAIN).await;
    assert!(dataset.has_table);
    let table =
        company.files_on_disk().into_iter().find(|file| file.extension().is_some_and(|e| e == "parquet"));
    assert_eq!(std::fs::read(table.unwrap()).unwrap(), b"3 columns");
});

db_test!(a_table_that_could_not_be_made_is_tried_again, |db: Db| {
    let tables = Arc::new(Tables { fails: true.into() });
    let company = Company::with_tables(&db, Some(tables.clone())).await;
    let id = company.upload("figures.csv", PLAIN).await;
    company.work().await;
    assert_eq!(company.get(id).await.summary.state, DatasetState::Reading);

    tables.fails.store(false, Ordering::SeqCst);
    company.work_at(TimeDelta::minutes(1)).await;
    let dataset = company.get(id).await;
    assert_eq!((dataset.summary.state, dataset.has_table), (DatasetState::Ready, true));
});

db_test!(a_file_that_fails_every_time_is_not_left_being_read_for_ever, |db: Db| {
    let tables = Arc::new(Tables { fails: true.into() });
    let company = Company::with_tables(&db, Some(tables)).await;
    let id = company.upload("figures.csv", PLAIN).await;
    for hour in 0..6 {
        company.work_at(TimeDelta::hours(hour)).await;
    }
    let dataset = company.get(id).await;
    assert_eq!(dataset.summary.state, DatasetState::Unreadable);
    assert!(dataset.problem.unwrap().contains("operator"));
});

db_test!(what_somebody_asked_for_who_lost_the_right_to_it_is_not_done_and_left_to_others, |db: Db| {
    let company = Company::new(&db).await;
    let removed = company.member(Role::Analyst).await;
    let demoted = company.member(Role::Admin).await;
    let kept_out = company.member_let(Role::Analyst, false).await;
    let mut files = Vec::new();
    for actor in [&removed, &demoted, &kept_out] {
        files.push(company.upload_as(actor, "figures.csv", PLAIN).await.unwrap());
    }
    let id_of = |actor: &Actor| actor.user_id().unwrap();
    company.accounts.remove_member(&company.owner, id_of(&removed)).await.unwrap();
    company.accounts.change_role(&company.owner, id_of(&demoted), Role::Member).await.unwrap();
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("UPDATE users SET deactivated_at = created_at WHERE id = $1")
        .bind(id_of(&kept_out).uuid())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();

    company.work().await;
    let jobs: Vec<String> =
        on_everywhere!(&db, |c| sqlx::query_scalar("SELECT state FROM jobs").fetch_all(c).await).unwrap();
    assert_eq!(jobs, ["failed", "failed", "failed"], "and not tried again");
    let choices = Overrides::default();
    for id in files {
        let dataset = company.get(id).await;
        assert_eq!(dataset.summary.state, DatasetState::Unreadable);
        assert!(dataset.problem.unwrap().contains("may not upload or change data here any more"));
        company.datasets.choose_format(&company.owner, id, &choices, Proof::Missing).await.unwrap();
        company.work().await;
        assert_eq!(company.get(id).await.summary.state, DatasetState::Ready);
    }
});

db_test!(what_somebody_else_had_read_meanwhile_stays_read, |db: Db| {
    let tables = Arc::new(Tables { fails: true.into() });
    let company = Company::with_tables(&db, Some(tables.clone())).await;
    let analyst = company.member(Role::Analyst).await;
    let id = company.upload_as(&analyst, "figures.csv", PLAIN).await.unwrap();
    company.work().await;
    let choices = Overrides::default();
    company.datasets.choose_format(&company.owner, id, &choices, Proof::Missing).await.unwrap();
    company.accounts.remove_member(&company.owner, analyst.user_id().unwrap()).await.unwrap();
    tables.fails.store(false, Ordering::SeqCst);
    company.work_at(TimeDelta::minutes(1)).await;
    assert_eq!(company.get(id).await.summary.state, DatasetState::Ready);
});
