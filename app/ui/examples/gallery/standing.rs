//! The picture of where one stands.

use leptos::prelude::*;
use ui::prelude::*;

use crate::data::{figure, framed, percentile_bar};

type Row =
    (&'static str, (&'static str, &'static str), (&'static str, &'static str), (f64, f64, f64), &'static str);

const GROUPS: [(&str, &[Row]); 2] = [
    (
        "Growth",
        &[
            ("ARR growth, year on year", ("46", "%"), ("35", "%"), (67.0, 52.0, 79.0), "41–50"),
            ("Net new ARR per FTE", ("$8.1", "k"), ("$6.9", "k"), (61.0, 45.0, 75.0), "31–40"),
            ("CMGR, 12 months", ("3.2", "%"), ("2.8", "%"), (58.0, 44.0, 71.0), "41–50"),
        ],
    ),
    (
        "Retention",
        &[
            ("Net revenue retention", ("108", "%"), ("103", "%"), (74.0, 60.0, 85.0), "41–50"),
            ("Gross revenue retention", ("91", "%"), ("91", "%"), (50.0, 36.0, 64.0), "41–50"),
        ],
    ),
];

/// The page.
pub(crate) fn page() -> AnyView {
    let content = view! {
        <PageHead
            title="Where you stand"
            lead=|| {
                "Ahead of most peers in retention and growth; behind in payback and gross margin. Eleven metrics have enough peers to say so, one has not."
            }
            actions=|| {
                view! {
                    <LinkButton href="#">"Method"</LinkButton>
                    <LinkButton href="#" kind=ButtonKind::Primary>
                        "Download report"
                    </LinkButton>
                }
            }
        />
        <Card body_class="toolbar">{filters()}</Card>
        <Card>
            <DataTable caption="Position among peers" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Metric"</HeadCell>
                        <HeadCell numeric=true>"You"</HeadCell>
                        <HeadCell numeric=true>"Median"</HeadCell>
                        <HeadCell>"Worse ← peers → better"</HeadCell>
                        <HeadCell numeric=true>"Percentile"</HeadCell>
                        <HeadCell numeric=true>"Peers"</HeadCell>
                    </tr>
                </thead>
                <tbody>
                    {GROUPS.map(|(label, rows)| {
                        view! {
                            <GroupRow label=label columns=6 />
                            {rows.iter().copied().map(row).collect_view()}
                        }
                    })} <WithoutEvidence />
                </tbody>
            </DataTable>
        </Card>
        <Note>
            "The dot is you, the line through it the 95 % interval of your rank. Peers are anonymous; nothing is shown for fewer than six. "
            <a href="#">"How this is computed"</a>
        </Note>
    }
    .into_any();
    framed("/w/northlight/standing", "Where you stand", true, content)
}

fn filters() -> impl IntoView {
    let one = |label: &str| vec![SelectOption::new(label, label)];
    view! {
        <span class="eyebrow">"Compared with"</span>
        <Select name="industry" label="Industry" options=one("Software") submits=true />
        <Select name="band" label="Revenue band" options=one("$1–3 M ARR") submits=true />
        <Select name="stage" label="Stage" options=one("Seed – A") submits=true />
        <OnlyWithoutScript>
            <Button>"Compare"</Button>
        </OnlyWithoutScript>
        <Chip tone=ChipTone::Accent>"41–50 peers"</Chip>
        <Chip>"level 1 of 5: industry × band × stage"</Chip>
        <Chip>"snapshot 2026 Q3"</Chip>
    }
}

fn row((name, you, median, rank, peers): Row) -> impl IntoView {
    let bar = percentile_bar(name, rank);
    let (shown, interval) = bar.rank.map(|rank| (rank.shown(), rank.interval_shown())).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">{name}</th>
            <FigureCell figure=figure(you.0, you.1) class="font-semibold" />
            <FigureCell figure=figure(median.0, median.1) class="soft extra" />
            <td class="wide">
                <PercentileBarChart bar=bar />
            </td>
            <NumberCell class="wide">
                <b>{shown}</b>
                " "
                <span class="muted">"(" {interval} ")"</span>
            </NumberCell>
            <NumberCell class="muted extra">{peers}</NumberCell>
        </tr>
    }
}

#[component]
fn WithoutEvidence() -> impl IntoView {
    view! {
        <tr>
            <th scope="row">"Rule of 40 (FCF)"</th>
            <FigureCell figure=figure("24", "") class="font-semibold" />
            <FigureCell figure=None class="extra" />
            <td class="wide">
                <Note tight=true>
                    "Too few peers report this. Shown from 6. " <a href="#">"See published figures"</a>
                </Note>
            </td>
            <NumberCell class="extra">
                <FigureText figure=None />
            </NumberCell>
            <NumberCell class="muted extra">"fewer than 6"</NumberCell>
        </tr>
    }
}
