//! What begins like a formula in files that people open.

use serde_json::json;

use super::{
    people::{newcomer, send_file},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser},
};

/// What begins a formula in a spreadsheet.
const FORMULAS: [&str; 9] =
    ["=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1+1", "＠SUM(1)"];

/// What begins like a formula is text in files that people open.
pub(crate) async fn p43_formulas_are_text_in_files(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(&world.main, "formulas").await?;
    let (door, token) = (world.door(), person.token().await?);
    let mut browser = person.sign_in().await?;
    // Numbers enough that the column is one of numbers.
    let figures =
        (0..240).map(|month| format!("{}-{:02},{}", 2000 + month / 12, month % 12 + 1, 100 + month));
    let formulas =
        FORMULAS.iter().enumerate().map(|(number, formula)| format!("2025-{:02},\"{formula}\"", number + 1));
    let lines: Vec<String> = ["month,MRR".to_owned()].into_iter().chain(figures).chain(formulas).collect();
    let content = lines.join("\n");
    let file = send_file(&door, &token, &slug, ("formulas.csv", content.as_bytes())).await?;
    let columns =
        json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 1, "used_for": "mrr" }] });
    let mapping =
        Ask::new("PUT", &format!("/api/v1/data/files/{file}/mapping")).bearer(&token).workspace(&slug);
    check.equal("choosing columns", door.send(mapping.json(&columns)).await?.status, 200);
    let rejected = browser.get(&format!("/w/{slug}/data/{file}/rejected.csv")).await?;
    check.equal("the rejected rows", rejected.status, 200);
    let text = rejected.text();
    check.that(text.contains("calc"), || format!("the rejected rows are not there: {text:.200}"));
    cells(&mut check, "rejected.csv", &text);

    for formula in FORMULAS {
        let body = json!({ "name": format!("{formula} key"), "scopes": ["metrics:read"] });
        door.send(Ask::post("/api/v1/api-keys").bearer(&token).workspace(&slug).json(&body)).await?;
        let body = json!({ "name": formula.trim(), "currency": "USD" });
        door.send(Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(&slug).json(&body))
            .await?;
        send_file(&door, &token, &slug, (&format!("{formula}.csv"), b"month,mrr\n2026-01,-5\n")).await?;
        let audit = browser.get(&format!("/w/{slug}/audit.csv")).await?;
        check.equal("the audit log", audit.status, 200);
        cells(&mut check, "audit.csv", &audit.text());
    }
    numbers(&mut check, &door, &token, (&slug, &mut browser)).await?;
    check.verdict(format!(
        "{} beginnings in rejected rows, audit log and figures; numbers stay numbers",
        FORMULAS.len()
    ))
}

/// Negative figures are numbers and no formulas.
async fn numbers(
    check: &mut Check,
    door: &crate::client::Door,
    token: &str,
    (slug, browser): (&str, &mut Browser),
) -> Result<(), Failure> {
    let body = json!({ "currency": "USD", "observations": [{ "metric": "mrr", "month": "2026-01", "value": 100 }, { "metric": "cash", "month": "2026-01", "value": 12 }] });
    let answer = door
        .send(Ask::post("/api/v1/metrics/observations").bearer(token).workspace(slug).json(&body))
        .await?;
    check.equal("writing figures", answer.status, 200);
    let figures = browser.get(&format!("/w/{slug}/figures.csv")).await?;
    check.equal("figures.csv", figures.status, 200);
    check.that(figures.text().contains("100"), || {
        format!("figures.csv without the figure: {:.200}", figures.text())
    });
    cells(check, "figures.csv", &figures.text());
    let book = browser.get(&format!("/w/{slug}/figures.xlsx")).await?;
    check.equal("figures.xlsx", book.status, 200);
    check.that(book.body.starts_with(b"PK"), || "figures.xlsx is no workbook".to_owned());
    Ok(())
}

/// No cell of a table begins a formula, unless it is a number.
fn cells(check: &mut Check, file: &str, text: &str) {
    for line in text.lines() {
        for cell in line.split(',') {
            let cell = cell.trim_matches('"');
            let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
            check.that(!begins || cell.parse::<f64>().is_ok(), || format!("{file}: the cell {cell:?}"));
        }
    }
}
