//! What a file can look like.

use leptos::prelude::*;
use ui::{Card, DataTable, HeadCell, IconName, LinkButton, NumberCell};

const WIDE: [(&str, &str, &str, &str); 3] = [
    ("2025-01", "138", "90,510", "3,140"),
    ("2025-02", "143", "94,460", "4,160"),
    ("2025-03", "149", "98,420", "4,050"),
];
const LONG: [(&str, &str, &str); 3] =
    [("2025-01", "Customers", "138"), ("2025-01", "MRR", "90,510"), ("2025-02", "Customers", "143")];

/// The two layouts that can be imported, and a file to start from.
#[component]
pub(crate) fn ExampleShapes() -> impl IntoView {
    view! {
        <Card
            heading="What your file can look like"
            actions=|| {
                view! {
                    <LinkButton href="/example.csv" icon=IconName::Download>
                        "Download an example of 24 months"
                    </LinkButton>
                }
            }
        >
            <div class="columns">
                <div class="grid content-start gap-3">
                    <h3>"A row for each month"</h3>
                    <Wide />
                </div>
                <div class="grid content-start gap-3">
                    <h3>"Or a row for each month and metric"</h3>
                    <Long />
                </div>
            </div>
            <p class="prose soft text-s mt-4">
                "Name the columns as you like: Quartile proposes what each one means, and you confirm it. Leave a cell empty where you do not know the figure; empty is never counted as 0."
            </p>
        </Card>
    }
}

#[component]
fn Wide() -> impl IntoView {
    let row = |(month, customers, mrr, new): (&'static str, &'static str, &'static str, &'static str)| {
        view! {
            <tr>
                <th scope="row" class="num">
                    {month}
                </th>
                <NumberCell>{customers}</NumberCell>
                <NumberCell>{mrr}</NumberCell>
                <NumberCell>{new}</NumberCell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Example: a row for each month">
            <thead>
                <tr>
                    <HeadCell>"month"</HeadCell>
                    <HeadCell numeric=true>"customers"</HeadCell>
                    <HeadCell numeric=true>"MRR"</HeadCell>
                    <HeadCell numeric=true>"new MRR"</HeadCell>
                </tr>
            </thead>
            <tbody>{WIDE.map(row)}</tbody>
        </DataTable>
    }
}

#[component]
fn Long() -> impl IntoView {
    let row = |(month, metric, value): (&'static str, &'static str, &'static str)| {
        view! {
            <tr>
                <th scope="row" class="num">
                    {month}
                </th>
                <td>{metric}</td>
                <NumberCell>{value}</NumberCell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Example: a row for each month and metric">
            <thead>
                <tr>
                    <HeadCell>"month"</HeadCell>
                    <HeadCell>"metric"</HeadCell>
                    <HeadCell numeric=true>"value"</HeadCell>
                </tr>
            </thead>
            <tbody>{LONG.map(row)}</tbody>
        </DataTable>
    }
}
