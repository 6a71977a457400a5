//! Known answers for drawings, tables, files and options.

use kernel::{Currency, Month, Unit};

use crate::*;

fn months(first: &str, values: &[f64]) -> Vec<MonthValue> {
    let first: Month = first.parse().unwrap();
    values
        .iter()
        .zip(0..)
        .map(|(value, place)| MonthValue { month: first.plus(place), value: *value })
        .collect()
}

fn revenue() -> TrendChart {
    let values: Vec<f64> = (0..24).map(|month| 118_000.0 + 3_620.0 * f64::from(month)).collect();
    let peers: Vec<f64> = values.iter().map(|value| value * 0.82).collect();
    TrendChart {
        title: "Monthly recurring revenue".to_owned(),
        unit: Unit::MoneyPerMonth,
        currency: Currency::Usd,
        series: vec![MonthlySeries { label: "You".to_owned(), points: months("2024-10", &values) }],
        comparison: Some(MonthlySeries {
            label: "Peer median, indexed".to_owned(),
            points: months("2024-10", &peers),
        }),
        synthetic: false,
    }
}

fn bridge() -> WaterfallChart {
    let amounts = MrrBridge {
        start: 165_000.0,
        new: 22_000.0,
        reactivated: 3_000.0,
        expansion: 19_000.0,
        contraction: 4_000.0,
        churned: 4_000.0,
        end: 201_000.0,
    };
    WaterfallChart::mrr_bridge("How MRR moved this quarter", Currency::Usd, amounts, false)
}

fn position(peers: u32) -> PercentileBar {
    PercentileBar {
        title: "ARR growth, year on year".to_owned(),
        unit: Unit::Share,
        currency: Currency::Usd,
        you: Some(0.46),
        rank: Some(Rank { percentile: 67.0, low: 52.0, high: 79.0 }),
        evidence: Evidence::for_peers(peers),
        peers: "41–50".to_owned(),
        reference: ReferencePoints {
            p10: Some(0.05),
            p25: Some(0.18),
            p50: Some(0.35),
            p75: Some(0.52),
            p90: Some(0.8),
        },
        synthetic: false,
    }
}

fn staff() -> BarChart {
    let bar =
        |label: &str, value: Option<f64>, emphasised| Bar { label: label.to_owned(), value, emphasised };
    BarChart {
        title: "Revenue per employee".to_owned(),
        unit: Unit::Money,
        currency: Currency::Usd,
        bars: vec![
            bar("You", Some(98_000.0), true),
            bar("Peers <&>", Some(110_000.0), false),
            bar("Public", None, false),
        ],
        synthetic: false,
    }
}

fn sparkline() -> Sparkline {
    Sparkline {
        title: "Runway".to_owned(),
        unit: Unit::Months,
        currency: Currency::Usd,
        points: months("2026-04", &[18.0, 17.0, 16.0]),
        synthetic: false,
    }
}

fn every_chart() -> Vec<AnyChart> {
    vec![
        AnyChart::Trend(revenue()),
        AnyChart::Waterfall(bridge()),
        AnyChart::Percentile(position(45)),
        AnyChart::Bars(staff()),
        AnyChart::Sparkline(sparkline()),
    ]
}

fn rectangles(drawing: &Drawing) -> Vec<Rectangle> {
    drawing
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Rectangle(shape) = mark { Some(*shape) } else { None })
        .collect()
}

fn words(drawing: &Drawing) -> Vec<String> {
    let text = |mark: &Mark| if let Mark::Text(label) = mark { Some(label.content.clone()) } else { None };
    drawing.marks.iter().filter_map(text).map(|words| words.replace(kernel::THIN_SPACE, " ")).collect()
}

fn colours(drawing: &Drawing) -> Vec<Role> {
    rectangles(drawing).into_iter().map(|shape| shape.fill.role).collect()
}

fn circles(drawing: &Drawing) -> Vec<(f64, f64)> {
    let circle =
        |mark: &Mark| if let Mark::Circle { centre, .. } = mark { Some((centre.x, centre.y)) } else { None };
    drawing.marks.iter().filter_map(circle).collect()
}

#[test]
fn the_percentile_bar_stands_where_the_picture_has_it() {
    let drawing = position(45).draw(340.0, 30.0);
    let found: Vec<(f64, f64, Role)> = rectangles(&drawing)
        .into_iter()
        .map(|shape| ((shape.x * 10.0).round() / 10.0, (shape.width * 10.0).round() / 10.0, shape.fill.role))
        .collect();
    let expected = [
        (6.0, 328.0, Role::Band0),
        (38.8, 49.2, Role::Band1),
        (88.0, 164.0, Role::Band2),
        (252.0, 49.2, Role::Band3),
        (169.0, 2.0, Role::Surface),
        (176.6, 88.6, Role::You),
    ];
    assert_eq!(found, expected);
    let (x, y) = circles(&drawing)[0];
    assert!((x - 225.76).abs() < 1e-9 && (y - 15.0).abs() < 1e-9, "{x} {y}");
}

#[test]
fn parts_without_evidence_are_not_drawn() {
    let roles = |peers| colours(&position(peers).draw(340.0, 30.0));
    assert!(roles(29).contains(&Role::Band1) && roles(29).contains(&Role::Band3));
    assert_eq!(roles(28), [Role::Band0, Role::Band2, Role::Surface, Role::You]);
    assert_eq!(roles(10), [Role::Band0, Role::Surface, Role::You]);
    let closed = position(5);
    assert!(roles(5).is_empty() && circles(&closed.draw(340.0, 30.0)).is_empty());
    let said = format!("{} {:?}", closed.alternative(), closed.table());
    assert!(!said.contains("67") && !said.contains("35"), "{said}");
}

#[test]
fn ranks_beyond_the_rail_stay_on_it() {
    let mut chart = position(45);
    chart.rank = Some(Rank { percentile: 130.0, low: -20.0, high: 140.0 });
    let drawing = chart.draw(340.0, 30.0);
    assert!((circles(&drawing)[0].0 - 334.0).abs() < 1e-9);
}

#[test]
fn a_trend_has_round_rules_thinned_months_and_its_last_value_in_words() {
    let drawing = revenue().draw(720.0, 260.0);
    let said = words(&drawing);
    for expected in
        ["0", "$50 k", "$200 k", "Oct", "Jan ’25", "Jan ’26", "$201 k", "You", "Peer median, indexed"]
    {
        assert!(said.iter().any(|words| words == expected), "{expected} in {said:?}");
    }
    let narrow = words(&revenue().draw(320.0, 220.0));
    assert!(narrow.len() < said.len() && narrow.iter().any(|words| words == "Jan ’26"), "{narrow:?}");
    for mark in &drawing.marks {
        if let Mark::Line { points, .. } = mark {
            assert!(
                points
                    .iter()
                    .all(|point| (0.0..=720.0).contains(&point.x) && (0.0..=260.0).contains(&point.y))
            );
        }
    }
}

#[test]
fn missing_months_break_the_line_and_never_become_zero() {
    let mut chart = revenue();
    chart.comparison = None;
    chart.series[0].points.remove(12);
    let drawing = chart.draw(720.0, 260.0);
    let areas = drawing.marks.iter().filter(|mark| matches!(mark, Mark::Area { .. })).count();
    assert_eq!(areas, 2);
    assert_eq!(chart.table().rows.len(), 23);
    chart.series[0].points.clear();
    assert_eq!(words(&chart.draw(720.0, 260.0)), ["No values yet."]);
}

#[test]
fn quarterly_values_make_one_line() {
    let mut chart = revenue();
    chart.comparison = None;
    chart.series[0].points = chart.series[0].points.iter().copied().step_by(3).collect();
    let drawing = chart.draw(720.0, 260.0);
    assert_eq!(drawing.marks.iter().filter(|mark| matches!(mark, Mark::Area { .. })).count(), 1);
}

#[test]
fn a_bridge_says_every_movement_and_whether_it_closes() {
    let mut chart = bridge();
    assert!(chart.gap().abs() < 1e-9);
    let wide = words(&chart.draw(540.0, 220.0));
    assert_eq!(wide[0], "$165 k");
    assert!(wide.contains(&"+$22 k".to_owned()) && wide.contains(&"−$4 k".to_owned()), "{wide:?}");
    let narrow = chart.draw(300.0, 240.0);
    assert!(words(&narrow).contains(&"Contraction".to_owned()));
    assert!(rectangles(&narrow).iter().all(|shape| shape.x >= 0.0 && shape.x + shape.width <= 300.0));
    chart.end = 202_000.0;
    assert!((chart.gap() - 1_000.0).abs() < 1e-9);
}

#[test]
fn tables_hold_what_the_drawing_holds() {
    let table = revenue().table();
    assert_eq!(table.headers, ["Month", "You", "Peer median, indexed"]);
    assert_eq!(table.rows.len(), 24);
    assert_eq!(table.rows[23].values[0].raw, Some(201_260.0));
    assert_eq!(table.rows[23].values[0].shown.replace(kernel::THIN_SPACE, " "), "$201 k");
    assert_eq!(bridge().table().rows[4].values[0].raw, Some(-4_000.0));
    assert_eq!(staff().table().rows[2].values[0].shown, "—");
    assert_eq!(position(45).table().rows[1].values[0].shown, "67th (52–79)");
}

#[test]
fn svg_is_well_formed_escaped_and_free_of_styles() {
    for chart in every_chart() {
        for theme in [Theme::Page, Theme::Print, Theme::Dark] {
            let svg = chart.draw(360.0, 200.0).to_svg(theme);
            let document = roxmltree::Document::parse(&svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            let child = |name: &str| {
                root.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text())
            };
            assert_eq!(child("title"), Some(chart.title()));
            assert_eq!(child("desc"), Some(chart.alternative().as_str()));
            assert!(!svg.contains("style="), "{svg}");
            assert_eq!(svg.contains("var(--"), theme == Theme::Page, "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
    let mut hostile = staff();
    hostile.title = "</title><script>alert(1)</script>\u{1}".to_owned();
    let svg = hostile.draw(360.0, 120.0).to_svg(Theme::Page);
    assert!(!svg.contains("<script>") && roxmltree::Document::parse(&svg).is_ok());
}

#[test]
fn the_svg_of_a_percentile_bar_is_what_the_pages_were_drawn_with() {
    let svg = position(10).draw(340.0, 30.0).to_svg(Theme::Page);
    assert!(
        svg.contains("<rect x=\"6\" y=\"10\" width=\"328\" height=\"10\" rx=\"5\" fill=\"var(--band-0)\"/>"),
        "{svg}"
    );
    assert!(
        svg.contains("<circle cx=\"225.76\" cy=\"15\" r=\"6\" fill=\"var(--you)\" stroke=\"var(--surface)\""),
        "{svg}"
    );
}

#[test]
fn synthetic_charts_say_so_to_everyone() {
    for chart in every_chart() {
        let mut json = serde_json::to_value(&chart).unwrap();
        json["synthetic"] = serde_json::json!(true);
        let synthetic: AnyChart = serde_json::from_value(json).unwrap();
        let drawing = synthetic.draw(360.0, 200.0);
        assert!(words(&drawing).contains(&"synthetic".to_owned()), "{}", chart.title());
        assert!(drawing.alternative.ends_with("Synthetic data."));
        assert!(!words(&chart.draw(360.0, 200.0)).contains(&"synthetic".to_owned()));
    }
}

#[test]
fn every_chart_survives_values_that_are_no_numbers_and_sizes_that_are_none() {
    let mut chart = revenue();
    chart.series[0].points = months("2026-01", &[f64::NAN, f64::INFINITY, 5.0]);
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (320.0, 40.0)] {
        let svg = chart.draw(width, height).to_svg(Theme::Print);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
    let mut flat = bridge();
    flat.start = 0.0;
    flat.end = 0.0;
    flat.movements.clear();
    assert!(!flat.draw(540.0, 200.0).to_svg(Theme::Print).contains("NaN"));
}

#[cfg(feature = "server")]
#[test]
fn echarts_options_keep_our_figures_and_our_policy() {
    let option = trend_option(&revenue(), Theme::Dark);
    assert_eq!(option, trend_option(&revenue(), Theme::Dark));
    let text = option.to_string();
    assert!(
        text.contains("\"renderMode\":\"richText\"")
            && text.contains("#5cc0ac")
            && !text.contains("function")
    );
    assert!(text.contains("[\"Sep 2026\",201.26,\"$201\u{2009}k\"]"), "{text}");
    let option = waterfall_option(&bridge(), Theme::Print).to_string();
    assert!(option.contains("\"−$4\u{2009}k\"") && option.contains("\"stack\":\"bridge\""), "{option}");
}

#[cfg(feature = "server")]
mod files {
    use super::*;
    use crate::files::{FileSize, to_png, to_svg_file};

    const SIZE: FileSize = FileSize { width: 360, height: 240 };

    #[test]
    fn svg_files_are_well_formed_and_carry_title_and_source() {
        for chart in every_chart() {
            let svg = to_svg_file(&chart, SIZE, "Quartile · snapshot 2026 Q3 <x>").unwrap();
            let document = roxmltree::Document::parse(&svg).unwrap();
            assert_eq!(document.root_element().attribute("width"), Some("360"));
            assert!(svg.contains("snapshot 2026 Q3 &lt;x&gt;") && !svg.contains("var("), "{svg}");
        }
    }

    #[test]
    fn png_files_have_the_size_asked_for_and_are_not_blank() {
        for chart in every_chart() {
            let bytes = to_png(&chart, SIZE, "Quartile · snapshot 2026 Q3", 2).unwrap();
            assert_eq!(bytes, to_png(&chart, SIZE, "Quartile · snapshot 2026 Q3", 2).unwrap());
            let mut reader = png::Decoder::new(bytes.as_slice()).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size()];
            let frame = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((frame.width, frame.height), (720, 480));
            let inked = pixels.chunks(3).filter(|pixel| pixel.iter().any(|channel| *channel < 200)).count();
            assert!(inked > 500, "{}: {inked}", chart.title());
            assert_eq!(pixels[..3], [255, 255, 255]);
        }
        assert!(to_png(&revenue(), FileSize { width: 90_000, height: 90_000 }, "", 3).is_err());
    }
}
