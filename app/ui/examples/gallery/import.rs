//! The picture of an import.

use leptos::prelude::*;
use ui::prelude::*;

use crate::data::framed;

const COLUMNS: [(&str, &str, &str, &str, &str, ChipTone); 5] = [
    ("month", "2025-01, 2025-02, 2025-03", "Date · year-month", "Period", "24 of 24", ChipTone::Good),
    ("Customers (paying)", "212, 219, 231", "Whole number", "Paying customers", "24 of 24", ChipTone::Good),
    (
        "Churn MRR",
        "(2,310), (1,940)",
        "Money · (1,234)",
        "Churned MRR · sign turned",
        "23 of 24",
        ChipTone::Warning,
    ),
    ("S&M spend", "41.200,00", "Money · 1.234,56", "Sales & marketing cost", "21 of 24", ChipTone::Bad),
    ("Owner", "Mia, Mia, Jon", "Text", "Keep, do not map", "24 of 24", ChipTone::Neutral),
];

/// The page.
pub(crate) fn page() -> AnyView {
    let content = view! {
        <PageHead
            title="revenue-2026-09.csv"
            lead=|| {
                "24 rows, 7 columns. UTF-8 with byte-order mark, separated by commas. Nothing is saved until you commit, and a commit can be undone."
            }
            actions=|| {
                view! {
                    <Button>"Discard"</Button>
                    <Button kind=ButtonKind::Primary>"Check 24 rows"</Button>
                }
            }
        />
        <Steps label="Import" steps=steps() />
        <Card>{columns()}</Card>
        <Card
            heading="3 cells need you"
            actions=|| {
                view! {
                    <LinkButton href="#" kind=ButtonKind::Quiet>
                        "Download rejected rows"
                    </LinkButton>
                }
            }
        >
            {faults()}
        </Card>
    }
    .into_any();
    framed("/w/northlight/data/7", "revenue-2026-09.csv", false, content)
}

fn steps() -> Vec<Step> {
    use StepState::{Current, Done, ToDo};
    [("Upload", Done), ("Format", Done), ("Map columns", Current), ("Check", ToDo), ("Commit", ToDo)]
        .map(|(label, state)| Step {
            label: label.to_owned(),
            state,
            href: (state == Done).then(|| "#".to_owned()),
        })
        .to_vec()
}

fn columns() -> impl IntoView {
    let row = |(name, samples, reading, metric, understood, tone): (&'static str, _, &str, &str, _, _)| {
        view! {
            <tr>
                <th scope="row">
                    <b>{name}</b>
                </th>
                <td class="num soft">{samples}</td>
                <td>
                    <Select
                        name=format!("reading[{name}]")
                        label=format!("Read {name} as")
                        options=vec![SelectOption::new(reading, reading)]
                    />
                </td>
                <td>
                    <Select
                        name=format!("metric[{name}]")
                        label=format!("Metric of {name}")
                        options=vec![SelectOption::new(metric, metric)]
                        attr:class="select min-w-52"
                    />
                </td>
                <td class="end">
                    <Chip tone=tone>{understood}</Chip>
                </td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Columns of the file">
            <thead>
                <tr>
                    <HeadCell>"Column in the file"</HeadCell>
                    <HeadCell>"Samples"</HeadCell>
                    <HeadCell>"Read as"</HeadCell>
                    <HeadCell>"Metric"</HeadCell>
                    <HeadCell numeric=true>"Understood"</HeadCell>
                </tr>
            </thead>
            <tbody>{COLUMNS.map(row)}</tbody>
        </DataTable>
    }
}

fn faults() -> impl IntoView {
    let faults = [
        (
            "14",
            "Churn MRR",
            "n/a",
            "Not a number. Leave the cell empty if it is unknown; it will count as missing, not as 0.",
        ),
        (
            "19",
            "S&M spend",
            "41,200.00",
            "Two decimal marks in one column. This column was read as 1.234,56; here the point comes last.",
        ),
    ];
    let row = |(line, column, value, sentence): (&'static str, &'static str, &'static str, &'static str)| {
        view! {
            <tr>
                <NumberCell>{line}</NumberCell>
                <td>{column}</td>
                <td class="num">{value}</td>
                <td>{sentence}</td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Cells that could not be read">
            <thead>
                <tr>
                    <HeadCell numeric=true sorting=Sorting::Ascending href="?sort=-line">
                        "Line"
                    </HeadCell>
                    <HeadCell>"Column"</HeadCell>
                    <HeadCell>"Value"</HeadCell>
                    <HeadCell>"What is wrong, and what to do"</HeadCell>
                </tr>
            </thead>
            <tbody>{faults.map(row)}</tbody>
        </DataTable>
    }
}
