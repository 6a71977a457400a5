//! A report as PDF, beside WeasyPrint setting the same words, tables and drawings from HTML.

mod html;

use std::{path::Path, process::Command, time::Instant};

use reports::document::{Definition, ReportDocument, Typesetter, sample};
use serde_json::Value;
use typesetting::TypstTypesetter;

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, Spread, kilobytes},
};

const ROUNDS: usize = 5;
const PAGES: u64 = 15;

/// Sets the sample report with the typesetter of the program and with WeasyPrint, in turn.
pub(crate) fn measure(options: &Options) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let [page, theirs, ours] =
        ["report.html", "weasyprint.pdf", "quartile.pdf"].map(|name| folder.path().join(name));
    let document = long_report();
    std::fs::write(&page, html::page(&document, &fonts(options)))?;
    let typesetter = TypstTypesetter::new();
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    let mut answer = Value::Null;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let pdf = typesetter.pdf(&document)?;
        our_times.push(started.elapsed().as_secs_f64());
        std::fs::write(&ours, pdf)?;
        answer = weasyprint(options, [&page, &theirs, &ours])?;
        their_times.push(answer.get("seconds").and_then(Value::as_f64).ok_or("WeasyPrint gave no time")?);
    }
    let ours_has = answer.get("pages").and_then(|pages| pages.get(1)).and_then(Value::as_u64);
    if ours_has < Some(PAGES) {
        return Err(format!("the sample report has {ours_has:?} pages instead of {PAGES}").into());
    }
    let pages = |place: usize| answer.get("pages").and_then(|pages| pages.get(place)).map(Value::to_string);
    let row =
        |what: String, times: Spread, (place, file): (usize, &Path), budget: &str| -> Result<_, Failure> {
            let size = kilobytes(std::fs::metadata(file)?.len());
            Ok(vec![what, times.seconds(), pages(place).unwrap_or_default(), size, budget.to_owned()])
        };
    let version = answer.get("version").and_then(Value::as_str).unwrap_or("?");
    let (our_times, their_times) = (Spread::of(our_times), Spread::of(their_times));
    let ratio = their_times.median / our_times.median;
    let budget = format!("≤ 1 s and ≥ 10× faster: {ratio:.0}×");
    Ok(Outcome {
        title: "Report",
        setting: format!(
            "The sample report: the same words, tables, drawings, typeface and running lines, set as an accessible file (PDF/UA-1) \
             by both; medians of {ROUNDS} rounds in turn, without the time of starting either program. Nothing is kept from \
             one report to the next."
        ),
        columns: &["what", "time", "pages", "size", "budget"],
        rows: vec![
            row("Quartile (Typst in process)".to_owned(), our_times, (1, &ours), &budget)?,
            row(format!("WeasyPrint {version}"), their_times, (0, &theirs), "–")?,
        ],
    })
}

/// The sample, with as many more definitions as fill a fifteenth page.
fn long_report() -> ReportDocument {
    const MORE: usize = 8;
    let mut document = sample::document("Northlight", true);
    let more: Vec<Definition> = document.definitions.iter().take(MORE).cloned().collect();
    document.definitions.extend(more);
    document
}

/// The typeface of the program.
fn fonts(options: &Options) -> Vec<(u16, String)> {
    let folder = options.fonts.display();
    [(400, "Regular"), (500, "Medium"), (600, "SemiBold")]
        .map(|(weight, name)| (weight, format!("{folder}/Inter-{name}.ttf")))
        .to_vec()
}

fn weasyprint(options: &Options, files: [&Path; 3]) -> Result<Value, Failure> {
    let output = Command::new(&options.python)
        .arg(options.scripts.join("report_with_weasyprint.py"))
        .args(files)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
