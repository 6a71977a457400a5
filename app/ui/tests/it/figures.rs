use kernel::{Currency, Month, PageRequest, Unit};
use leptos::prelude::*;
use ui::prelude::*;

use crate::{data, html};

#[test]
fn a_missing_figure_is_no_data_and_never_zero() {
    let tile = html(|| view! { <KeyFigure label="Runway" figure=None /> });
    assert!(tile.contains("no data") && tile.contains(kernel::MISSING) && !tile.contains('0'), "{tile}");
}

#[test]
fn a_change_says_its_judgement_in_words() {
    let change = Change {
        figure: kernel::delta(3.0, Unit::Months, Currency::Usd),
        judgement: Judgement::Worse,
        against: "vs Q2".to_owned(),
    };
    let tile = html(|| view! { <KeyFigure label="Payback" figure=data::figure("19", "mo") change=change /> });
    assert!(tile.contains("+3\u{2009}mo") && tile.contains("worse") && tile.contains("vs Q2"), "{tile}");
}

#[test]
fn figures_never_break_and_units_follow_a_thin_space() {
    let text = html(|| view! { <FigureText figure=data::figure("$2.41", "M") /> });
    assert_eq!(text, "<span class=\"num figure\">$2.41\u{2009}<span class=\"unit\">M</span></span>");
}

#[test]
fn tables_scroll_by_keyboard_and_are_named() {
    let table = html(|| view! { <DataTable caption="Members"><tbody></tbody></DataTable> });
    assert!(table.contains(r#"role="region" aria-label="Members" tabindex="0""#), "{table}");
    let head = html(
        || view! { <HeadCell numeric=true sorting=Sorting::Descending href="?sort=n">"Events"</HeadCell> },
    );
    assert!(head.contains(r#"scope="col""#) && head.contains(r#"aria-sort="descending""#), "{head}");
}

#[test]
fn pages_of_a_list_are_links() {
    let links = html(|| {
        let page = PageRequest { number: 2, size: 50 };
        view! { <Pagination page=page total=130 what="members" href=|number| format!("?page={number}") /> }
    });
    assert!(links.contains("51–100 of 130 members"), "{links}");
    assert!(
        links.contains(r#"href="?page=1" rel="prev""#) && links.contains(r#"href="?page=3" rel="next""#),
        "{links}"
    );
    assert_eq!(links.matches(r#"aria-current="page""#).count(), 1, "{links}");
    let empty = html(|| {
        view! { <Pagination page=PageRequest::new(1) total=0 what="members" href=|_| String::new() /> }
    });
    assert!(empty.contains("No members") && !empty.contains("<a"), "{empty}");
}

#[test]
fn a_chart_is_drawn_for_several_widths_beside_its_table() {
    let figure = html(|| view! { <ChartFigure chart=data::trend() /> });
    assert_eq!(figure.matches("class=\"chart\"").count(), 3, "{figure}");
    for class in ["wide", "medium", "narrow"] {
        assert!(figure.contains(&format!("<div class=\"{class}\">")), "{figure}");
    }
    assert!(
        figure.contains("Show as a table") && figure.contains(&Month::new(2026, 9).unwrap().label()),
        "{figure}"
    );
}

#[test]
fn a_rich_chart_shows_its_drawing_until_script_runs() {
    let chart = html(|| {
        view! {
            <RichChart label="Monthly recurring revenue".to_owned() option_json="{}".to_owned() is_half=false>
                <ChartFigure chart=data::trend() />
            </RichChart>
        }
    });
    assert!(chart.contains("<svg") && !chart.contains("data-state"), "{chart}");
}
