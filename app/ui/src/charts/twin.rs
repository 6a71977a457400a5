//! The data table beside every chart.

use charts::{ChartTable, Row};
use leptos::prelude::*;

use crate::{DataTable, Disclosure, HeadCell, NumberCell};

/// Everything a chart shows, as a table that opens on demand.
#[component]
pub fn ChartTwin(
    /// The numbers.
    table: ChartTable,
    /// The words that open it.
    #[prop(default = "Show as a table".to_owned(), into)]
    summary: String,
) -> impl IntoView {
    let caption = table.headers.join(", ");
    let heads = (0_u32..)
        .zip(table.headers)
        .map(|(place, header)| view! { <HeadCell numeric=place != 0>{header}</HeadCell> })
        .collect_view();
    view! {
        <div class="data-twin">
            <Disclosure summary=summary>
                <DataTable caption=caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{table.rows.into_iter().map(line).collect_view()}</tbody>
                </DataTable>
            </Disclosure>
        </div>
    }
}

fn line(row: Row) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{row.name}</th>
            {row.values.into_iter().map(|value| view! { <NumberCell>{value.shown}</NumberCell> }).collect_view()}
        </tr>
    }
}
