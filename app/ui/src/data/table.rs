//! Tables of figures.

use kernel::Figure;
use leptos::prelude::*;

use super::FigureText;
use crate::classes;

/// What a table does where it is wider than the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NarrowTable {
    /// Scrolls sideways, by keyboard too, and keeps its first column.
    #[default]
    Scrolls,
    /// Each row turns into lines of label and value: the first cell and a figure on one line, cells of class `wide` on
    /// lines of their own, cells of class `extra` left out.
    Stacks,
}

/// The frame of a table; `<thead>` and `<tbody>` are its children.
#[component]
pub fn DataTable(
    /// What the table shows, for those who do not see where it stands.
    #[prop(into)]
    caption: String,
    /// What it does on small screens.
    #[prop(optional)]
    narrow: NarrowTable,
    /// `<thead>`, `<tbody>`, `<tfoot>`.
    children: Children,
) -> impl IntoView {
    let layout = match narrow {
        NarrowTable::Scrolls => "sticks",
        NarrowTable::Stacks => "stacks",
    };
    let label = caption.clone();
    view! {
        <div class="table-frame" role="region" aria-label=label tabindex="0">
            <table class=classes(["data-table", layout])>
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorting {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The head of a column.
#[component]
pub fn HeadCell(
    /// Whether figures stand below it, at the right edge.
    #[prop(optional)]
    numeric: bool,
    /// Which way the table is sorted by it, if it is.
    #[prop(optional, into)]
    sorting: Option<Sorting>,
    /// The address that sorts by it.
    #[prop(optional, into)]
    href: Option<String>,
    /// What the column holds, with unit and period.
    children: Children,
) -> impl IntoView {
    let (order, arrow) = match sorting {
        Some(Sorting::Ascending) => (Some("ascending"), " ↑"),
        Some(Sorting::Descending) => (Some("descending"), " ↓"),
        None => (None, ""),
    };
    let mark = view! { <span aria-hidden="true">{arrow}</span> };
    let content = match href {
        Some(href) => view! { <a href=href>{children()} {mark}</a> }.into_any(),
        None => view! { {children()} {mark} }.into_any(),
    };
    view! {
        <th scope="col" class=numeric.then_some("end") aria-sort=order>
            {content}
        </th>
    }
}

/// A cell of figures: right-aligned, tabular, never broken across lines.
#[component]
pub fn NumberCell(
    /// More classes: `muted`, `extra`, `wide`.
    #[prop(optional, into)]
    class: String,
    /// The column's name, shown before the figure where rows are stacked.
    #[prop(optional, into)]
    label: Option<String>,
    /// The figures.
    children: Children,
) -> impl IntoView {
    view! {
        <td class=classes(["num end", &class]) data-label=label>
            {children()}
        </td>
    }
}

/// A cell of one figure; `None` shows that there is no data.
#[component]
pub fn FigureCell(
    /// The figure.
    #[prop(into)]
    figure: Option<Figure>,
    /// More classes: `font-semibold`, `soft`, `extra`.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    view! {
        <NumberCell class=class>
            <FigureText figure=figure />
        </NumberCell>
    }
}

/// A line that heads the rows below it.
#[component]
pub fn GroupRow(
    /// What the rows have in common.
    #[prop(into)]
    label: String,
    /// How many columns the table has.
    columns: u32,
) -> impl IntoView {
    view! {
        <tr class="group">
            <th scope="colgroup" colspan=columns>
                {label}
            </th>
        </tr>
    }
}
