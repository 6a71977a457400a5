//! Personal data on the way from a file to figures: it is shown to nobody, and never becomes one.

use std::collections::BTreeMap;

use db::db_test;
use kernel::Role;

use crate::company::Company;

/// Figures with people beside them, one of them where a figure should be, and a row that is cut off.
const PEOPLE: &str = "month,Contact,E-mail,Phone,MRR\n\
    2026-04,Ada Canary,ada@canary.example,4930901820,1000\n\
    2026-05,Bob Canary,bob@canary.example,4930901821,1100\n\
    2026-06,Eve Canary,eve@canary.example,4930901822,eve@canary.example\n\
    2026-07,Fay Canary,fay@canary.example,4930901823,1200\n\
    2026-08,Gil Canary,gil@canary.example,4930901824,1300\n\
    Mallory Canary,mallory@canary.example\n";

fn assert_masked(what: &str, text: &str) {
    for canary in ["Canary", "canary", "90182"] {
        assert!(!text.contains(canary), "{what} holds {canary}: {text}");
    }
}

db_test!(no_step_of_an_import_shows_personal_data_to_anybody, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(PEOPLE).await;
    for role in Role::ALL {
        let actor = company.member(role).await;
        let mapping = company.metrics.mapping(&actor, id).await.unwrap();
        assert_masked("the mapping", &serde_json::to_string(&mapping).unwrap());
        let check = company.metrics.check(&actor, id).await.unwrap();
        assert_eq!((check.added, check.problem_count), (4, 2), "{role:?}");
        let values: Vec<&str> = check.problems.iter().map(|problem| problem.value.as_str()).collect();
        assert_eq!(values, ["e***@c***.example", ""]);
        assert_masked("the check", &serde_json::to_string(&check).unwrap());
        let rejected = company.metrics.rejected_rows(&actor, id).await.unwrap();
        let rejected = String::from_utf8(rejected).unwrap();
        assert!(rejected.contains("2026-06,E. C.,e***@c***.example,***22,e***@c***.example"), "{rejected}");
        assert_masked("the rejected rows", &rejected);
    }
});

db_test!(a_personal_column_becomes_no_figure_that_everybody_could_see, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(PEOPLE).await;
    let choices: BTreeMap<String, String> = [("c0", "@period"), ("c3", "customers")]
        .map(|(column, role)| (column.to_owned(), role.to_owned()))
        .into();
    let refused = company.metrics.save_mapping(&company.owner, id, &choices).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "c3");
    assert!(refused.fields()[0].message.contains("Phone"), "{refused:?}");
    assert_eq!(company.metrics.check(&company.owner, id).await.unwrap_err(), refused);
    assert_eq!(company.metrics.commit(&company.owner, id).await.unwrap_err(), refused);
    assert_masked("the refusal", &format!("{refused:?}"));
});
