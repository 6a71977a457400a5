//! The sample report as a page of HTML: the same words, figures and drawings in plain tables.

use std::fmt::Write;

use charts::{Chart, Theme};
use kernel::Figure;
use reports::document::{FigureRow, ReportDocument, StandingSection};

const STYLE: &str = "\
@page { size: A4; margin: 20mm; @bottom-right { content: 'page ' counter(page) ' of ' counter(pages); font-size: 8pt } }
body { font: 10pt sans-serif } h1 { font-size: 20pt } h2 { break-before: page; font-size: 15pt }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: 4pt; border-bottom: 0.5pt solid #ccc }
h3, tr, svg, dl > div { break-inside: avoid } svg { max-width: 100% }";

/// The whole report.
pub(super) fn page(document: &ReportDocument) -> String {
    let mut body = String::new();
    push(&mut body, "h1", &document.company);
    for fact in &document.cover.facts {
        push(&mut body, "p", &format!("{}: {}", fact.label, fact.value));
    }
    summary(&mut body, document);
    figures(&mut body, document);
    for section in &document.standing {
        standing(&mut body, section);
    }
    for section in &document.trends {
        push(&mut body, "h3", &section.finding);
        paragraphs(&mut body, &section.paragraphs);
        body.push_str(&section.chart.draw(665.0, 253.0).to_svg(Theme::Print));
    }
    push(&mut body, "h2", "Definitions");
    for definition in &document.definitions {
        push(&mut body, "h3", &definition.label);
        push(&mut body, "p", &definition.formula);
        push(&mut body, "p", &definition.words);
        push(&mut body, "p", definition.pitfall.as_deref().unwrap_or(""));
    }
    push(&mut body, "h2", "Method");
    for section in &document.method {
        push(&mut body, "h3", &section.heading);
        paragraphs(&mut body, &section.paragraphs);
    }
    format!("<!doctype html><meta charset=utf-8><title>Report</title><style>{STYLE}</style><body>{body}")
}

fn summary(body: &mut String, document: &ReportDocument) {
    push(body, "h2", &document.summary.finding);
    paragraphs(body, &document.summary.sentences);
    let rows = document.summary.headlines.iter().map(|headline| {
        [headline.label.clone(), shown(headline.value.as_ref()), headline.note.clone().unwrap_or_default()]
    });
    table(body, ["Figure", "Value", "Note"], rows);
}

fn figures(body: &mut String, document: &ReportDocument) {
    push(body, "h2", "Figures");
    for group in &document.figures {
        push(body, "h3", &group.name);
        let cells = |row: &FigureRow| {
            let change = row.change.as_ref().map_or_else(String::new, |change| change.amount.clone());
            let rank = row.rank.map_or_else(String::new, |rank| rank.shown());
            [
                row.metric.clone(),
                shown(row.value.as_ref()),
                shown(row.previous.as_ref()),
                change,
                shown(row.median.as_ref()),
                rank,
                row.peers.clone(),
            ]
        };
        let headings = ["Metric", "Value", "Before", "Change", "Median", "Rank", "Peers"];
        table(body, headings, group.rows.iter().map(cells));
    }
}

fn standing(body: &mut String, section: &StandingSection) {
    push(body, "h2", &section.finding);
    paragraphs(body, &section.paragraphs);
    body.push_str("<table>");
    for bar in &section.bars {
        let drawing = bar.draw(200.0, 26.0).to_svg(Theme::Print);
        let rank = bar.rank.map_or_else(String::new, |rank| rank.shown());
        let _infallible = write!(
            body,
            "<tr><td>{}<td>{drawing}<td>{}<td>{}",
            escaped(&bar.title),
            escaped(&rank),
            escaped(&bar.peers)
        );
    }
    body.push_str("</table>");
    push(body, "p", section.note.as_deref().unwrap_or(""));
}

fn table<const N: usize>(body: &mut String, headings: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    body.push_str("<table><tr>");
    for heading in headings {
        push(body, "th", heading);
    }
    for row in rows {
        body.push_str("<tr>");
        for cell in row {
            push(body, "td", &cell);
        }
    }
    body.push_str("</table>");
}

fn paragraphs(body: &mut String, paragraphs: &[String]) {
    for paragraph in paragraphs {
        push(body, "p", paragraph);
    }
}

fn push(body: &mut String, element: &str, text: &str) {
    let _infallible = write!(body, "<{element}>{}</{element}>", escaped(text));
}

fn shown(figure: Option<&Figure>) -> String {
    figure.map_or_else(|| "–".to_owned(), ToString::to_string)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
