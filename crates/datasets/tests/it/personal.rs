//! Personal data in files: masked for everybody, and shown to those who may see it and have just shown who they are.

use std::collections::{BTreeMap, BTreeSet};

use datasets::{ColumnKind, Dataset, DatasetState, Delimiter, Overrides, PersonalData, TextEncoding};
use db::{Db, db_test};
use kernel::{Actor, AppError, DatasetId, Permission, Proof, Role};
use platform::audit::{self, AuditFilter};
use serde_json::{Value, json};

use crate::company::Company;

const PEOPLE: &str = "month,Name,E-mail,Phone,IBAN,MRR\n\
    2026-01,Ada Canary,ada@canary.example,+49 30 901820,DE89370400440532013000,1000\n\
    2026-02,Bob Canary,bob@canary.example,+49 30 901821,GB82WEST12345698765432,1100\n\
    2026-03,Eve Canary,eve@canary.example,+49 30 901822,NL91ABNA0417164300,1200\n\
    2026-04,Mallory Canary,mallory@canary.example\n";
const HEAD_OF_COPY: &str =
    "\u{feff}month,Name,E-mail,Phone,IBAN,MRR\r\n2026-01,A. C.,a***@c***.example,***20,***3000,1000\r\n";

fn assert_masked(what: &str, text: &str) {
    for canary in ["Canary", "canary", "90182", "DE8937", "WEST", "ABNA"] {
        assert!(!text.contains(canary), "{what} holds {canary}: {text}");
    }
}

/// What a copy tells whoever reads it, also as the letters that were taken for halves of others.
fn told(copy: &[u8]) -> String {
    let text = String::from_utf8_lossy(copy);
    let halves: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    format!("{text} {}", String::from_utf8_lossy(&halves))
}

fn kinds(dataset: &Dataset) -> Vec<PersonalData> {
    dataset.profile.as_ref().unwrap().format.columns.iter().map(datasets::ColumnFormat::hides).collect()
}

/// The actions of the audit log about personal data, the oldest first, with what they say.
async fn noted(company: &Company) -> Vec<(String, String)> {
    let scope = company.owner.require(Permission::ReadAudit).unwrap();
    let page = audit::list(&company.db, scope, &AuditFilter::default(), 100).await.unwrap();
    let is_about = |action: &str| ["personal_data.read", "personal_data.classified"].contains(&action);
    let about = page.into_iter().filter(|record| is_about(&record.action));
    let mut records: Vec<(String, String)> = about.map(|record| (record.action, record.detail)).collect();
    records.reverse();
    records
}

/// Reads a file of a company again with one column called something else.
async fn call(
    company: &Company,
    actor: &Actor,
    id: DatasetId,
    (column, kind, proof): (u32, PersonalData, Proof),
) -> Result<(), AppError> {
    let overrides = Overrides { personal: BTreeMap::from([(column, kind)]), ..Overrides::default() };
    company.datasets.choose_format(actor, id, &overrides, proof).await?;
    company.work().await;
    Ok(())
}

db_test!(every_role_sees_a_file_about_people_masked, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    for role in Role::ALL {
        let actor = company.member(role).await;
        let dataset = company.datasets.get(&actor, id).await.unwrap();
        assert_masked("the preview", &serde_json::to_string(&dataset).unwrap());
        assert_eq!(dataset.profile.as_ref().unwrap().problem_count, 1);
        let (name, copy) = company.download_with(&actor, id, Proof::Missing).await.unwrap();
        let copy = String::from_utf8(copy).unwrap();
        assert_eq!(name, "figures-masked.csv");
        assert_masked("the copy", &copy);
        assert!(copy.starts_with(HEAD_OF_COPY), "{copy}");
        let reasons = (2..=5).map(|line| (line, "Some reason".to_owned())).collect();
        let format = dataset.profile.unwrap().format;
        let rejected = company.datasets.write_rows(&actor, id, format, reasons).await.unwrap();
        assert_masked("the rejected rows", &String::from_utf8(rejected).unwrap());
    }
    assert_eq!(noted(&company).await, []);
});

db_test!(owners_and_those_whom_they_let_see_all_of_it_after_a_proof_and_it_is_noted, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    for (role, is_let) in Role::ALL.into_iter().flat_map(|role| [(role, false), (role, true)]) {
        let actor = company.member_let(role, is_let).await;
        let sees = role == Role::Owner || (is_let && role <= Role::Analyst);
        let before = noted(&company).await.len();
        for proof in [Proof::Missing, Proof::Fresh] {
            let sees_now = sees && proof == Proof::Fresh;
            let revealed = company.datasets.reveal(&actor, id, proof).await;
            match &revealed {
                Ok(dataset) => {
                    assert!(serde_json::to_string(dataset).unwrap().contains("ada@canary.example"));
                }
                Err(error) => assert_eq!(error.status(), 403, "{role:?}"),
            }
            assert_eq!(revealed.is_ok(), sees_now, "{role:?} {is_let} {proof:?}");
            let (name, bytes) = company.download_with(&actor, id, proof).await.unwrap();
            assert_eq!(bytes == PEOPLE.as_bytes(), sees_now, "{role:?} {is_let} {proof:?}");
            assert_eq!(name == "figures.csv", sees_now);
        }
        let after = noted(&company).await;
        assert_eq!(after.len() - before, if sees { 2 } else { 0 }, "{role:?}");
        assert_masked("the log", &format!("{after:?}"));
    }
    let records = noted(&company).await;
    assert!(records.iter().all(|(action, _)| action == "personal_data.read"), "{records:?}");
});

db_test!(a_file_about_nobody_is_downloaded_as_it_came_and_that_is_not_noted, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(crate::company::PLAIN).await.summary.id;
    let viewer = company.member(Role::Viewer).await;
    let (name, bytes) = company.download_with(&viewer, id, Proof::Missing).await.unwrap();
    assert_eq!((name.as_str(), bytes.as_slice()), ("figures.csv", crate::company::PLAIN));
    assert_eq!(noted(&company).await, []);
});

db_test!(one_address_in_a_file_of_figures_is_masked_and_the_rest_stays, |db: Db| {
    let company = Company::new(&db).await;
    let file = "month,MRR\n2026-01,1000\n2026-02,1100\n2026-03,ada@canary.example\n2026-04,1200\n2026-05,1300\n2026-06,1400\n";
    let dataset = company.read(file.as_bytes()).await;
    assert_masked("the preview", &serde_json::to_string(&dataset).unwrap());
    let copy = company.download(&company.owner, dataset.summary.id).await.unwrap();
    let expected = file.replace("ada@canary.example", "a***@c***.example").replace('\n', "\r\n");
    assert_eq!(String::from_utf8(copy).unwrap(), format!("\u{feff}{expected}"));
});

db_test!(an_address_in_the_totals_that_nobody_counts_is_masked, |db: Db| {
    let company = Company::new(&db).await;
    let file = "month,MRR,note\n2026-01,1000,\n2026-02,1100,\nTotal,2100,ada@canary.example\n";
    let dataset = company.read(file.as_bytes()).await;
    assert_eq!(dataset.profile.as_ref().unwrap().rows, 2, "the totals are left out");
    let copy = company.download(&company.owner, dataset.summary.id).await.unwrap();
    assert_masked("the copy", &String::from_utf8(copy).unwrap());
});

db_test!(what_is_not_read_yet_is_only_for_those_who_may_see_everything, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("figures.csv", PEOPLE.as_bytes()).await;
    let analyst = company.member(Role::Analyst).await;
    for (actor, proof) in [(&analyst, Proof::Fresh), (&company.owner, Proof::Missing)] {
        let refused = company.download_with(actor, id, proof).await.unwrap_err();
        assert!(matches!(refused, AppError::Conflict { .. }), "{refused:?}");
    }
    let (_, bytes) = company.download_with(&company.owner, id, Proof::Fresh).await.unwrap();
    assert_eq!(bytes, PEOPLE.as_bytes());
    company.work().await;
    assert!(company.download(&analyst, id).await.is_ok());
});

db_test!(calling_a_column_personal_is_for_analysts_and_calling_it_harmless_for_those_who_see_it, |db: Db| {
    use PersonalData::{FreeText, NotPersonal};
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    call(&company, &analyst, id, (5, FreeText, Proof::Missing)).await.unwrap();
    assert_eq!(kinds(&company.get(id).await).last(), Some(&FreeText));
    for (actor, proof) in [(&analyst, Proof::Fresh), (&company.owner, Proof::Missing)] {
        for wish in [(1, NotPersonal, proof), (5, NotPersonal, proof)] {
            assert_eq!(call(&company, actor, id, wish).await.unwrap_err().status(), 403);
        }
        let forgotten = company.datasets.choose_format(actor, id, &Overrides::default(), proof).await;
        assert_eq!(forgotten.unwrap_err().status(), 403, "what was chosen cannot be forgotten either");
    }
    call(&company, &company.owner, id, (5, NotPersonal, Proof::Fresh)).await.unwrap();
    assert_eq!(kinds(&company.get(id).await).last(), Some(&NotPersonal));
    let expected = ["column 6: free_text", "column 6: none"]
        .map(|detail| ("personal_data.classified".to_owned(), detail.to_owned()));
    assert_eq!(noted(&company).await, expected);
});

db_test!(nobody_unmasks_a_file_by_having_it_misread, |db: Db| {
    let company = Company::new(&db).await;
    let people = "Name,MRR\nXenia Canary,1\nYolanda Canary,2\nZelda Canary,3\n";
    let id = company.read(people.as_bytes()).await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    let layouts = [
        Overrides { delimiter: Some(Delimiter::Pipe), ..Overrides::default() },
        Overrides { encoding: Some(TextEncoding::Utf16Le), ..Overrides::default() },
        Overrides { encoding: Some(TextEncoding::Windows1252), ..Overrides::default() },
        Overrides { columns: BTreeMap::from([(0, ColumnKind::WholeNumber)]), ..Overrides::default() },
        Overrides {
            harmless: Some(BTreeSet::from(["Name,MRR".to_owned()])),
            delimiter: Some(Delimiter::Tab),
            ..Overrides::default()
        },
    ];
    for layout in layouts {
        company.datasets.choose_format(&analyst, id, &layout, Proof::Missing).await.unwrap();
        company.work().await;
        let dataset = company.datasets.get(&analyst, id).await.unwrap();
        assert_masked(&format!("{layout:?}"), &told(&serde_json::to_vec(&dataset).unwrap()));
        if let Ok(copy) = company.download(&analyst, id).await {
            assert_masked(&format!("the copy by {layout:?}"), &told(&copy));
        }
    }
    let bare = Overrides {
        delimiter: Some(Delimiter::Pipe),
        personal: BTreeMap::from([(0, PersonalData::NotPersonal)]),
        ..Overrides::default()
    };
    assert_eq!(
        company.datasets.choose_format(&analyst, id, &bare, Proof::Fresh).await.unwrap_err().status(),
        403
    );
    let right = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
    company.datasets.choose_format(&analyst, id, &right, Proof::Missing).await.unwrap();
    company.work().await;
    assert_eq!(kinds(&company.get(id).await), [PersonalData::Name, PersonalData::NotPersonal]);
});

db_test!(nobody_unmasks_columns_of_which_nobody_knows_yet_what_they_hold, |db: Db| {
    let company = Company::new(&db).await;
    let people = "month,Name,MRR\n2026-01,Xenia Canary,1\n2026-02,Yolanda Canary,2\n";
    let id = company.read(people.as_bytes()).await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    let piped = Overrides { delimiter: Some(Delimiter::Pipe), ..Overrides::default() };
    company.datasets.choose_format(&analyst, id, &piped, Proof::Missing).await.unwrap();
    // The first column was a month; once the file is read again it is the whole line.
    let waiting = company.get(id).await;
    let bare = Overrides { personal: BTreeMap::from([(0, PersonalData::NotPersonal)]), ..waiting.overrides };
    for proof in [Proof::Missing, Proof::Fresh] {
        let outcome = company.datasets.choose_format(&analyst, id, &bare, proof).await;
        assert_eq!(outcome.unwrap_err().status(), 403);
    }
    let called = Overrides { personal: BTreeMap::from([(0, PersonalData::Name)]), ..bare.clone() };
    let outcome = company.datasets.choose_format(&analyst, id, &called, Proof::Missing).await;
    assert_eq!(outcome.unwrap_err().status(), 403, "the beginning of a name is shown");
    company.work().await;
    assert_masked("the copy", &told(&company.download(&analyst, id).await.unwrap()));

    // The same of a file that cannot be read at all: the next attempt may succeed.
    let broken = company.read(b"\xff\xfe\x00\xd8").await;
    assert!(broken.profile.is_none(), "{broken:?}");
    let bare = Overrides { personal: bare.personal, ..broken.overrides };
    let outcome = company.datasets.choose_format(&analyst, broken.summary.id, &bare, Proof::Missing).await;
    assert_eq!(outcome.unwrap_err().status(), 403);
    // Whoever may see what is in it says what they like.
    company.datasets.choose_format(&company.owner, broken.summary.id, &bare, Proof::Fresh).await.unwrap();
});

db_test!(a_file_that_was_given_up_is_not_unmasked_by_another_layout, |db: Db| {
    let company = Company::new(&db).await;
    let people = "month,Name,MRR\n2026-01,Xenia Canary,1\n2026-02,Yolanda Canary,2\n";
    let id = company.read(people.as_bytes()).await.summary.id;
    let (gone, stays) = (company.member(Role::Analyst).await, company.member_let(Role::Analyst, false).await);
    company.datasets.choose_format(&gone, id, &Overrides::default(), Proof::Missing).await.unwrap();
    company.accounts.remove_member(&company.owner, gone.user_id().unwrap()).await.unwrap();
    company.work().await;
    assert!(company.get(id).await.profile.is_none(), "nobody who may have it read asked for that");
    let piped = Overrides { delimiter: Some(Delimiter::Pipe), ..Overrides::default() };
    company.datasets.choose_format(&stays, id, &piped, Proof::Missing).await.unwrap();
    company.work().await;
    assert_masked("the copy", &told(&company.download(&stays, id).await.unwrap()));
});

db_test!(whoever_never_saw_a_file_that_nobody_understood_does_not_choose_how_it_is_read, |db: Db| {
    let company = Company::new(&db).await;
    // By a pipe the quote that is never closed is a letter like all others, and the file one column of nothing personal.
    let people = "month,Name,Plan\n2026-01,Xenia Canary,\"Pro\n2026-02,Yolanda Canary,Pro\n";
    let (theirs, other) = (company.member_let(Role::Admin, false).await, company.member(Role::Analyst).await);
    let id = company.upload_as(&theirs, "people.csv", people.as_bytes()).await.unwrap();
    let choose = |actor, layout, proof| company.datasets.choose_format(actor, id, layout, proof);
    let (as_it_is, piped) =
        (Overrides::default(), Overrides { delimiter: Some(Delimiter::Pipe), ..Overrides::default() });
    for waits in [true, false] {
        for (actor, proof) in [(&other, Proof::Fresh), (&company.owner, Proof::Missing)] {
            assert_eq!(choose(actor, &piped, proof).await.unwrap_err().status(), 403, "{waits}");
        }
        company.work().await;
        assert_eq!(company.get(id).await.summary.state, DatasetState::Unreadable);
    }
    choose(&other, &as_it_is, Proof::Missing).await.unwrap();
    company.work().await;
    assert!(company.datasets.lays_bare(&company.owner, id, &piped).await.unwrap());
    assert!(!company.datasets.lays_bare(&theirs, id, &piped).await.unwrap());
    // Named, the comma is another layout, by which nobody understands it either.
    for (actor, layout, proof) in
        [(&company.owner, Delimiter::Comma, Proof::Fresh), (&theirs, Delimiter::Pipe, Proof::Missing)]
    {
        let layout = Overrides { delimiter: Some(layout), ..Overrides::default() };
        company.datasets.choose_format(actor, id, &layout, proof).await.unwrap();
        company.work().await;
    }
});

db_test!(what_somebody_called_personal_is_not_harmless_in_another_layout, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(b"month,Customer,Name\n2026-01,17,Xenia Canary\n").await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    let there_and_back = async || {
        for delimiter in [Delimiter::Pipe, Delimiter::Comma] {
            let layout = Overrides { delimiter: Some(delimiter), ..Overrides::default() };
            company.datasets.choose_format(&analyst, id, &layout, Proof::Missing).await.unwrap();
            company.work().await;
        }
        kinds(&company.get(id).await)[1]
    };
    assert_eq!(there_and_back().await, PersonalData::NotPersonal);
    let mut called = company.get(id).await.overrides;
    called.personal = BTreeMap::from([(1, PersonalData::FreeText)]);
    company.datasets.choose_format(&company.owner, id, &called, Proof::Missing).await.unwrap();
    assert_eq!(kinds(&company.get(id).await)[1], PersonalData::FreeText, "also before it is read again");
    assert_eq!(there_and_back().await, PersonalData::FreeText);
});

db_test!(files_read_before_anybody_looked_are_withheld_until_they_are_read_again, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    forget_what_was_found(&db).await;
    let viewer = company.member(Role::Viewer).await;
    let dataset = company.datasets.get(&viewer, id).await.unwrap();
    assert_masked("the preview", &serde_json::to_string(&dataset).unwrap());
    assert!(kinds(&dataset).iter().all(|kind| *kind == PersonalData::FreeText));
    assert_masked("the copy", &String::from_utf8(company.download(&viewer, id).await.unwrap()).unwrap());

    assert_eq!(company.datasets.read_what_nobody_looked_at().await.unwrap(), 1);
    company.work().await;
    assert_eq!(company.datasets.read_what_nobody_looked_at().await.unwrap(), 0);
    assert_eq!(kinds(&company.get(id).await).first(), Some(&PersonalData::NotPersonal));

    // Also if that was given up once.
    forget_what_was_found(&db).await;
    let gone = company.member(Role::Analyst).await;
    company.datasets.choose_format(&gone, id, &Overrides::default(), Proof::Missing).await.unwrap();
    company.accounts.remove_member(&company.owner, gone.user_id().unwrap()).await.unwrap();
    company.work().await;
    company.datasets.choose_format(&company.owner, id, &Overrides::default(), Proof::Missing).await.unwrap();
    company.work().await;
    assert_eq!(kinds(&company.get(id).await).first(), Some(&PersonalData::NotPersonal));
});

/// Leaves a stored profile as an earlier version of the program wrote it.
async fn forget_what_was_found(db: &Db) {
    let stored: String =
        db::on_everywhere!(db, |c| db::sqlx::query_scalar("SELECT profile FROM datasets").fetch_one(c).await)
            .unwrap();
    let mut profile: serde_json::Value = serde_json::from_str(&stored).unwrap();
    profile["format"].as_object_mut().unwrap().remove("has_stray_personal_data").unwrap();
    for column in profile["format"]["columns"].as_array_mut().unwrap() {
        column.as_object_mut().unwrap().remove("personal").unwrap();
    }
    let mut tx = db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query("UPDATE datasets SET profile = $1, is_classified = $2")
        .bind(profile.to_string())
        .bind(false)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

db_test!(everything_of_a_workspace_is_taken_along_whole_by_its_owner_alone, |db: Db| {
    use futures::TryStreamExt;
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    let exported = company.datasets.export(&company.owner, id).await.unwrap();
    let pieces: Vec<bytes::Bytes> = exported.stream.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), PEOPLE.as_bytes());
    let admin = company.member_let(Role::Admin, true).await;
    assert_eq!(company.datasets.export(&admin, id).await.err().unwrap().status(), 403);
});

db_test!(a_row_that_becomes_a_header_by_another_layout_shows_nobody, |db: Db| {
    let company = Company::new(&db).await;
    let people = "Name;Phone;MRR\nMoreau, Xenia;+49 30 901820;1\nMoreau, Yolanda;+49 30 901821;2\nMoreau, Zelda;+49 30 901822;3\n";
    let id = company.read(people.as_bytes()).await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    let comma = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
    company.datasets.choose_format(&analyst, id, &comma, Proof::Missing).await.unwrap();
    company.work().await;
    let shown = serde_json::to_string(&company.get(id).await).unwrap();
    for canary in ["Moreau", "Xenia", "901820", "Yolanda"] {
        assert!(!shown.contains(canary), "{canary}: {shown}");
    }
});

db_test!(what_is_withheld_is_not_called_something_of_which_more_is_shown, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.read(PEOPLE.as_bytes()).await.summary.id;
    let analyst = company.member(Role::Analyst).await;
    call(&company, &analyst, id, (5, PersonalData::FreeText, Proof::Missing)).await.unwrap();
    for kind in [PersonalData::Name, PersonalData::Email, PersonalData::Iban] {
        assert_eq!(call(&company, &analyst, id, (5, kind, Proof::Fresh)).await.unwrap_err().status(), 403);
    }
    assert_eq!(kinds(&company.get(id).await).last(), Some(&PersonalData::FreeText));
});

db_test!(an_owner_alone_takes_along_who_brought_a_file_and_what_in_it_is_personal, |db: Db| {
    let company = Company::new(&db).await;
    let analyst = company.member_let(Role::Analyst, true).await;
    let id = company.upload_as(&analyst, "people.csv", PEOPLE.as_bytes()).await.unwrap();
    let before = company.datasets.export_record(&company.owner, id).await.unwrap();
    assert_eq!(before.profile, None, "it was not read yet");
    company.work().await;
    let record = company.datasets.export_record(&company.owner, id).await.unwrap();
    let shown = company.get(id).await;
    assert_eq!((&record.summary, &record.sha256), (&shown.summary, &shown.sha256));
    assert_eq!(record.uploaded_by, analyst.user_id());

    let told = serde_json::to_value(&record).unwrap();
    let format = &told["profile"]["format"];
    assert_eq!((&told["name"], &format["delimiter"]), (&json!("people.csv"), &json!("comma")));
    let columns = format["columns"].as_array().unwrap();
    let classes: Vec<&Value> = columns.iter().map(|column| &column["personal"]).collect();
    assert_eq!(classes, ["none", "name", "email", "phone", "iban", "none"]);
    assert_eq!(columns[2]["samples"][0], "ada@canary.example", "nothing is masked");

    let admin = company.member_let(Role::Admin, true).await;
    for actor in [admin, analyst] {
        let refused = company.datasets.export_record(&actor, id).await.unwrap_err();
        assert!(matches!(refused, AppError::Forbidden { .. }), "{refused:?}");
    }
});
