//! Cells and rows of a file that cannot be used.

use kernel::count;
use leptos::prelude::*;

use super::{DataTable, HeadCell, NarrowTable, NumberCell};

/// One cell or row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// The column; empty if the whole row is meant.
    pub column: String,
    /// The cell as written.
    pub value: String,
    /// What is wrong and what to do, without the full stop.
    pub sentence: String,
}

/// What is wrong in a file, line by line.
#[component]
pub fn FaultTable(
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// The faults, in the order of the file.
    faults: Vec<Fault>,
) -> impl IntoView {
    let row = |fault: Fault| {
        let column = if fault.column.is_empty() { "Whole row".to_owned() } else { fault.column };
        view! {
            <tr>
                <NumberCell label="Line">{count(fault.line)}</NumberCell>
                <td>{column}</td>
                <td class="wide break-all">{fault.value}</td>
                <td class="wide">{fault.sentence} "."</td>
            </tr>
        }
    };
    view! {
        <DataTable caption=caption narrow=NarrowTable::Stacks>
            <thead>
                <tr>
                    <HeadCell numeric=true>"Line"</HeadCell>
                    <HeadCell>"Column"</HeadCell>
                    <HeadCell>"Value"</HeadCell>
                    <HeadCell>"What is wrong, and what to do"</HeadCell>
                </tr>
            </thead>
            <tbody>{faults.into_iter().map(row).collect_view()}</tbody>
        </DataTable>
    }
}
