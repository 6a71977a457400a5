//! The dashboard picture.

use leptos::prelude::*;
use ui::prelude::*;

use crate::data::{bridge, figure, framed, sparkline, trend};

struct Tile {
    label: &'static str,
    value: (&'static str, &'static str),
    note: Option<&'static str>,
    change: (&'static str, &'static str, Judgement),
    place: Option<&'static str>,
    rises: bool,
}

const TILES: [Tile; 8] = {
    use Judgement::{Better, Worse};
    const fn tile(
        label: &'static str,
        value: (&'static str, &'static str),
        note: Option<&'static str>,
        change: (&'static str, &'static str, Judgement),
        place: Option<&'static str>,
    ) -> Tile {
        Tile { label, value, note, rises: matches!(change.0.as_bytes(), [b'+', ..]), change, place }
    }
    [
        tile("Annual recurring revenue", ("$2.41", "M"), None, ("+6.1", "%", Better), Some("P67")),
        tile("Net revenue retention", ("108", "%"), Some("12 mo"), ("+2", "pts", Better), Some("P74")),
        tile("Gross margin", ("71.4", "%"), None, ("−0.8", "pts", Worse), Some("P31")),
        tile("Burn multiple", ("1.3", "×"), None, ("−0.4", "", Better), Some("P62")),
        tile("New-customer CAC payback", ("19", "mo"), None, ("+3", "mo", Worse), Some("P28")),
        tile("Logo churn", ("1.9", "%"), Some("monthly"), ("−0.3", "pts", Better), Some("P58")),
        tile("Revenue per employee", ("$98", "k"), None, ("+4", "k", Better), Some("P49")),
        tile("Runway", ("16", "mo"), Some("3-mo burn"), ("−2", "mo", Worse), None),
    ]
};

fn tile_view(tile: &Tile) -> impl IntoView + use<> {
    let (place, rises) = (tile.place, tile.rises);
    let (number, unit, judgement) = tile.change;
    let change = Change { figure: figure(number, unit), judgement, against: "vs Q2".to_owned() };
    let chip = move || match place {
        Some(place) => view! { <Chip tone=ChipTone::Accent href="#">{place}</Chip> }.into_any(),
        None => view! { <Chip>"no peers"</Chip> }.into_any(),
    };
    let figure = figure(tile.value.0, tile.value.1);
    let sparkline = move || view! { <SparklineChart sparkline=sparkline(rises) /> };
    match tile.note {
        Some(note) => view! {
            <KeyFigure label=tile.label figure=figure note=note change=change chip=chip sparkline=sparkline />
        }
        .into_any(),
        None => {
            view! { <KeyFigure label=tile.label figure=figure change=change chip=chip sparkline=sparkline /> }
                .into_any()
        }
    }
}

fn head() -> impl IntoView {
    let periods =
        vec![SelectOption::new("q3", "Quarter to Sep 2026"), SelectOption::new("q2", "Quarter to Jun 2026")];
    view! {
        <PageHead
            title="Northlight"
            lead=|| {
                view! {
                    "Third quarter 2026, in US dollars. Figures from "
                    <a href="#">"revenue-2026-09.csv"</a>
                    ", checked 4 October."
                }
            }
            actions=move || {
                view! {
                    <Select name="period" label="Period" options=periods.clone() />
                    <Menu trigger=|| {
                        view! {
                            "Export"
                            <Icon name=IconName::ChevronDown />
                        }
                    }>
                        <MenuLink href="#">
                            "CSV"
                        </MenuLink>
                        <MenuLink href="#">
                            "PDF"
                        </MenuLink>
                    </Menu>
                    <LinkButton href="#" kind=ButtonKind::Primary>
                        "Create report"
                    </LinkButton>
                }
            }
        />
    }
}

/// The page.
pub(crate) fn page() -> AnyView {
    let content = view! {
        {head()}
        <KeyFigures>{TILES.iter().map(tile_view).collect_view()}</KeyFigures>
        <Card
            heading="Monthly recurring revenue"
            marks=|| view! { <Chip>"you"</Chip><Chip>"┄ peer median, indexed"</Chip> }
            actions=|| {
                view! {
                    <LinkButton href="#" kind=ButtonKind::Quiet>
                        "Table"
                    </LinkButton>
                    <LinkButton href="#" kind=ButtonKind::Quiet>
                        "SVG · PNG · CSV"
                    </LinkButton>
                }
            }
        >
            <ChartFigure chart=trend() />
        </Card>
        <div class="columns">
            <Card
                heading="How MRR moved this quarter"
                actions=|| view! { <Chip tone=ChipTone::Good>"bridge closes"</Chip> }
            >
                <ChartFigure chart=bridge() place=ChartPlace::Half height=220.0 />
                <p class="text-s text-ink-3 mt-2">
                    "Thousand dollars. Start + new + reactivated + expansion − contraction − churn = end."
                </p>
            </Card>
            <Card heading="Worth your attention">{attention()}</Card>
        </div>
    }
    .into_any();
    framed("/w/northlight/dashboard", "Dashboard", false, content)
}

fn attention() -> impl IntoView {
    let rows = [
        ("CAC payback rose to 19 months", "Two quarters in a row; 72 % of peers recover sooner.", "Open"),
        ("Gross margin fell below the peer median", "Hosting grew 22 %, revenue 6 %.", "Open"),
        ("Three months have no headcount", "Revenue per employee uses the last known value.", "Add data"),
    ];
    let row = |(finding, reason, way): (&'static str, &'static str, &'static str)| {
        view! {
            <tr>
                <td>
                    <b>{finding}</b>
                    <br />
                    <span class="muted">{reason}</span>
                </td>
                <td class="end">
                    <a href="#">{way}</a>
                </td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Worth your attention">
            <tbody>{rows.map(row)}</tbody>
        </DataTable>
    }
}
