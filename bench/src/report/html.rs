//! The sample report as a page of HTML for paper: the same words, figures, drawings and running lines.

use std::fmt::Write;

use charts::{Chart, PercentileBar, Rank, Theme};
use kernel::{Figure, figure};
use reports::document::{Change, FigureRow, Headline, ReportDocument, StandingSection};

const STYLE: &str = "\
@page { size: A4; margin: 24mm 17mm 20mm; font: 7pt Inter;
  @top-left { content: string(report) } @top-right { content: 'synthetic data'; background: #f6e7c1 }
  @bottom-left { content: string(report) } @bottom-center { content: 'peer data anonymous, n ≥ 6' }
  @bottom-right { content: 'snapshot 2026 Q3 · page ' counter(page) ' of ' counter(pages) } }
body { font: 9pt Inter; font-feature-settings: 'tnum' }
.report { string-set: report content(text); font-size: 8pt } h1 { font-size: 24pt; font-weight: 600 }
h2 { break-before: page; font-size: 15pt; font-weight: 600 } h3 { font-size: 10pt; font-weight: 600 }
table { width: 100%; border-collapse: collapse } th { font-weight: 500; color: #555; font-size: 7pt }
td, th { text-align: left; padding: 4pt; border-bottom: 0.5pt solid #ddd; vertical-align: top }
tr, svg, h3 { break-inside: avoid } h3 { break-after: avoid } .n { text-align: right } .w { width: 30% } svg { max-width: 100% }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6pt } .tiles div { border: 0.5pt solid #ccc; padding: 6pt }
.tiles b { font-size: 15pt; display: block } .quiet { color: #666; font-size: 7pt } .better { color: #0b6e4f } .worse { color: #b3261e }
.contents a { color: inherit; text-decoration: none } .contents a::after { content: leader('.') target-counter(attr(href), page) }
.note { border-left: 2pt solid #ccc; padding-left: 8pt; color: #666 }";

/// The whole report; `fonts` are the files of the program's own typeface with their weights.
pub(super) fn page(document: &ReportDocument, fonts: &[(u16, String)]) -> String {
    let mut body = String::new();
    cover(&mut body, document);
    summary(&mut body, document);
    figures(&mut body, document);
    for (place, section) in document.standing.iter().enumerate() {
        standing(&mut body, section, &format!("standing-{place}"));
    }
    heading(&mut body, "trends", "How it came to this");
    for section in &document.trends {
        push(&mut body, "h3", &section.finding);
        paragraphs(&mut body, &section.paragraphs);
        body.push_str(&section.chart.draw(665.0, 253.0).to_svg(Theme::Print));
    }
    definitions(&mut body, document);
    heading(&mut body, "method", "How this was made");
    for section in &document.method {
        push(&mut body, "h3", &section.heading);
        paragraphs(&mut body, &section.paragraphs);
    }
    let mut faces = String::new();
    for (weight, file) in fonts {
        let _infallible =
            write!(faces, "@font-face{{font-family:Inter;font-weight:{weight};src:url('file://{file}')}}");
    }
    let title = escaped(&document.company);
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{faces}{STYLE}</style><body>{body}"
    )
}

fn cover(body: &mut String, document: &ReportDocument) {
    let report = format!("{} · {} · {}", document.cover.kind, document.company, document.period);
    let _infallible = write!(body, "<p class=report>{}</p>", escaped(&report));
    push(body, "h1", &document.company);
    push(body, "p", &document.summary.finding);
    let facts = document.cover.facts.iter().map(|fact| [fact.label.clone(), fact.value.clone()]);
    let made = ["Made on".to_owned(), document.generated_label()];
    table(body, &[], facts.chain(std::iter::once(made)));
    push(
        body,
        "p",
        "Synthetic data, made up to show what a report looks like. It says nothing about a real company.",
    );
    push(body, "h3", "Contents");
    let mut entries = vec![
        ("summary".to_owned(), document.summary.finding.clone()),
        ("figures".into(), "Key figures".into()),
    ];
    entries.extend(
        document
            .standing
            .iter()
            .enumerate()
            .map(|(place, section)| (format!("standing-{place}"), section.finding.clone())),
    );
    for (target, words) in [
        ("trends", "How it came to this"),
        ("definitions", "What the metrics mean"),
        ("method", "How this was made"),
    ] {
        entries.push((target.to_owned(), words.to_owned()));
    }
    body.push_str("<div class=contents>");
    for (target, words) in entries {
        let _infallible = write!(body, "<p><a href='#{target}'>{}</a></p>", escaped(&words));
    }
    body.push_str("</div>");
}

fn summary(body: &mut String, document: &ReportDocument) {
    heading(body, "summary", &document.summary.finding);
    push(body, "p", &document.summary.sentences.join(" "));
    body.push_str("<div class=tiles>");
    for headline in &document.summary.headlines {
        tile(body, headline);
    }
    body.push_str("</div>");
    let bars: Vec<&PercentileBar> = document.standing.iter().flat_map(|section| &section.bars).collect();
    let headlines = document.summary.headlines.iter();
    positions(
        body,
        headlines.filter_map(|headline| bars.iter().find(|bar| bar.title == headline.label).copied()),
    );
    let words = "Percentile 67 means that 67 of 100 comparable companies do worse. Right and higher are always better; the line \
                 through the dot is the 95 % interval of your rank.";
    let _infallible = write!(body, "<p class=note>{words}</p>");
}

fn tile(body: &mut String, headline: &Headline) {
    let note = headline.note.as_deref().unwrap_or("");
    let _infallible = write!(
        body,
        "<div>{} <span class=quiet>{}</span><b>{}</b>{} <span class=quiet>{}</span></div>",
        escaped(&headline.label),
        escaped(note),
        escaped(&shown(headline.value.as_ref())),
        changed(headline.change.as_ref()),
        escaped(&ranked(headline.rank)),
    );
}

fn figures(body: &mut String, document: &ReportDocument) {
    heading(body, "figures", "Key figures");
    body.push_str("<table>");
    heads(body, &["Metric", "Now", "Before", "Change", "Peer median", "Percentile (95 %)", "Peers"]);
    for group in &document.figures {
        let _infallible = write!(body, "<tr><th colspan=7>{}", escaped(&group.name));
        for row in &group.rows {
            figure_row(body, row);
        }
    }
    body.push_str("</table>");
}

fn figure_row(body: &mut String, row: &FigureRow) {
    let _infallible = write!(
        body,
        "<tr><td>{}<td class=n><b>{}</b><td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}<td class='n quiet'>{}",
        escaped(&row.metric),
        escaped(&shown(row.value.as_ref())),
        escaped(&shown(row.previous.as_ref())),
        changed(row.change.as_ref()),
        escaped(&shown(row.median.as_ref())),
        escaped(&ranked(row.rank)),
        escaped(&row.peers),
    );
}

fn standing(body: &mut String, section: &StandingSection, id: &str) {
    heading(body, id, &section.finding);
    let _infallible = write!(body, "<p class=quiet>{}</p>", escaped(&section.group));
    paragraphs(body, &section.paragraphs);
    positions(body, section.bars.iter());
    push(body, "h3", "What peers have");
    body.push_str("<table>");
    heads(body, &["Metric", "P10, worse", "P25", "Median", "P75", "P90, better", "You"]);
    for bar in &section.bars {
        let points = bar.reference;
        let _infallible = write!(body, "<tr><td>{}", escaped(&bar.title));
        for value in [points.p10, points.p25, points.p50, points.p75, points.p90, bar.you] {
            let value = value.map(|value| figure(value, bar.unit, bar.currency));
            let _infallible = write!(body, "<td class=n>{}", escaped(&shown(value.as_ref())));
        }
    }
    body.push_str("</table>");
    if let Some(note) = &section.note {
        let _infallible = write!(body, "<p class=note>{}</p>", escaped(note));
    }
}

fn positions<'a>(body: &mut String, bars: impl Iterator<Item = &'a PercentileBar>) {
    body.push_str("<table>");
    heads(body, &["Metric", "You", "Median", "Worse ‹ peers › better", "Percentile (95 %)"]);
    for bar in bars {
        let value =
            |value: Option<f64>| shown(value.map(|value| figure(value, bar.unit, bar.currency)).as_ref());
        let _infallible = write!(
            body,
            "<tr><td>{}<br><span class=quiet>{} peers</span><td class=n><b>{}</b><td class=n>{}<td>{}<td class=n>{}",
            escaped(&bar.title),
            escaped(&bar.peers),
            escaped(&value(bar.you)),
            escaped(&value(bar.reference.p50)),
            bar.draw(200.0, 26.0).to_svg(Theme::Print),
            escaped(&ranked(bar.rank)),
        );
    }
    body.push_str("</table>");
}

fn definitions(body: &mut String, document: &ReportDocument) {
    heading(body, "definitions", "What the metrics mean");
    body.push_str("<table>");
    for definition in &document.definitions {
        let _infallible = write!(
            body,
            "<tr><td class=w><b>{}</b><td>{}<br>{}<br><span class=quiet>Watch for: {}</span>",
            escaped(&definition.label),
            escaped(&definition.words),
            escaped(&definition.formula),
            escaped(definition.pitfall.as_deref().unwrap_or("")),
        );
    }
    body.push_str("</table>");
}

fn table<const N: usize>(body: &mut String, headings: &[&str], rows: impl Iterator<Item = [String; N]>) {
    body.push_str("<table>");
    heads(body, headings);
    for row in rows {
        body.push_str("<tr>");
        for cell in row {
            push(body, "td", &cell);
        }
    }
    body.push_str("</table>");
}

fn heads(body: &mut String, headings: &[&str]) {
    body.push_str("<tr>");
    for heading in headings {
        push(body, "th", heading);
    }
}

fn heading(body: &mut String, id: &str, text: &str) {
    let _infallible = write!(body, "<h2 id={id}>{}</h2>", escaped(text));
}

fn paragraphs(body: &mut String, paragraphs: &[String]) {
    for paragraph in paragraphs {
        push(body, "p", paragraph);
    }
}

fn push(body: &mut String, element: &str, text: &str) {
    let _infallible = write!(body, "<{element}>{}</{element}>", escaped(text));
}

fn changed(change: Option<&Change>) -> String {
    let Some(change) = change else { return "–".to_owned() };
    let tone = format!("{:?}", change.tone).to_lowercase();
    format!(
        "<span class={tone}>{}</span> <span class=quiet>{}</span>",
        escaped(&change.amount),
        escaped(&change.since)
    )
}

fn ranked(rank: Option<Rank>) -> String {
    rank.map_or_else(|| "–".to_owned(), |rank| format!("{} ({})", rank.shown(), rank.interval_shown()))
}

fn shown(figure: Option<&Figure>) -> String {
    figure.map_or_else(|| "–".to_owned(), ToString::to_string)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
