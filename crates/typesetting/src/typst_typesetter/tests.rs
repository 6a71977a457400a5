//! What every report must be, whoever's it is.

use reports::document::{Typesetter, sample::document};

use super::*;

fn printed(document: &ReportDocument, charts: &ChartFiles) -> (PagedDocument, Vec<String>) {
    let typesetter = TypstTypesetter::new();
    let data = serde_json::to_vec(&PrintModel::new(document, &charts.entries)).unwrap();
    let files = charts.files.iter().cloned().chain([("data.json".to_owned(), data)]);
    let world = ReportWorld::new(&typesetter.press, files).unwrap();
    let result = typst::compile::<PagedDocument>(&world);
    let warnings = result.warnings.iter().map(|warning| warning.message.to_string()).collect();
    (result.output.unwrap(), warnings)
}

/// All text of the pages, in drawing order.
fn text_of(pages: &PagedDocument) -> String {
    fn collect(frame: &typst::layout::Frame, out: &mut String) {
        for (_, item) in frame.items() {
            match item {
                typst::layout::FrameItem::Group(group) => collect(&group.frame, out),
                typst::layout::FrameItem::Text(text) => out.push_str(&text.text),
                _ => {}
            }
        }
    }
    pages.pages().iter().fold(String::new(), |mut out, page| {
        collect(&page.frame, &mut out);
        out
    })
}

#[test]
fn a_report_has_all_its_pages_without_warnings() {
    let document = document("Northlight", false);
    let (pages, warnings) = printed(&document, &ChartFiles::draw(&document));
    assert_eq!(warnings, Vec::<String>::new());
    assert!((10..=16).contains(&pages.pages().len()), "{}", pages.pages().len());
    let text = text_of(&pages);
    for expected in [
        "Ahead in retention, behind in payback",
        "peer data anonymous, n ≥ 6",
        "page 3 of",
        "snapshot 2026 Q3",
        "4 October 2026",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    assert!(!text.contains("synthetic"));
}

#[test]
fn the_file_is_an_accessible_pdf_and_the_same_every_time() {
    let document = document("Northlight", false);
    let first = TypstTypesetter::new().pdf(&document).unwrap();
    let typesetter = TypstTypesetter::new();
    assert!(first.starts_with(b"%PDF-1.7"));
    assert!(first == typesetter.pdf(&document).unwrap() && first == typesetter.pdf(&document).unwrap());
    let has = |needle: &[u8]| first.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"pdfuaid:part"), "not PDF/UA");
    assert!(has(b"/StructTreeRoot") || has(b"/ObjStm"), "not tagged");
}

#[test]
fn what_a_person_typed_is_printed_as_it_stands() {
    let name = "#read(\"/etc/passwd\") *bold* $x^2$ @ref <b> \\ // \u{201c}Łódź\u{201d}";
    let mut document = document(name, false);
    document
        .summary
        .sentences
        .push("#include \"x.typ\" = Heading\n- item `code` ~ -- 'q' https://example.org".to_owned());
    let (pages, warnings) = printed(&document, &ChartFiles::draw(&document));
    let text = text_of(&pages);
    assert!(text.replace(' ', "").contains(&name.replace(' ', "")), "{text}");
    assert!(text.contains("#include \"x.typ\" = Heading") && text.contains("`code` ~ -- 'q'"));
    assert_eq!(warnings, Vec::<String>::new());
    assert!(!text.contains("root:"));
}

#[test]
fn synthetic_reports_say_so_on_every_page() {
    let document = document("Northlight", true);
    let (pages, _) = printed(&document, &ChartFiles::draw(&document));
    for page in pages.pages() {
        let alone = PagedDocument::new(
            std::iter::once(page.clone()).collect(),
            typst::model::DocumentInfo::default(),
        );
        assert!(text_of(&alone).contains("synthetic data"), "{}", text_of(&alone));
    }
}

#[test]
fn a_chart_that_cannot_be_drawn_leaves_a_labelled_place() {
    let document = document("Northlight", false);
    let mut charts = ChartFiles::draw(&document);
    let (name, bytes) = charts.files.last_mut().unwrap();
    *bytes = b"<svg".to_vec();
    let (name, broken) = (name.clone(), (name.clone(), bytes.clone()));
    let typesetter = TypstTypesetter::new();
    assert!(!typesetter.can_read(&broken) && typesetter.can_read(&charts.files[0]));
    assert!(typesetter.compiled(&document, &charts).is_err());
    charts.give_up(&name);
    let text = text_of(&typesetter.compiled(&document, &charts).unwrap());
    assert!(text.contains("Revenue per employee by source: this chart could not be drawn"), "{text}");
}

#[test]
fn a_report_with_little_in_it_is_still_a_report() {
    let mut document = document("", false);
    document.summary.headlines.clear();
    document.figures.clear();
    document.standing.clear();
    document.trends.clear();
    document.definitions.clear();
    document.method.clear();
    let (pages, warnings) = printed(&document, &ChartFiles::draw(&document));
    assert_eq!((pages.pages().len(), warnings.len()), (2, 0));
}

#[test]
fn characters_that_the_fonts_lack_do_not_stop_a_report() {
    assert!(TypstTypesetter::new().pdf(&document("株式会社 🚀", false)).unwrap().starts_with(b"%PDF"));
}

#[test]
#[ignore = "writes a file to look at and prints how long it took"]
fn sample_file() {
    let typesetter = TypstTypesetter::new();
    for (name, synthetic) in [("report", false), ("report-synthetic", true)] {
        let document = document("Northlight", synthetic);
        let begin = std::time::Instant::now();
        let bytes = typesetter.pdf(&document).unwrap();
        println!("{name}: {} bytes in {:?}", bytes.len(), begin.elapsed());
        std::fs::write(std::env::temp_dir().join(format!("quartile-{name}.pdf")), bytes).unwrap();
    }
}
