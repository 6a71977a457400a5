//! What an import would change, and what of a file it leaves out.

use datasets::RowProblem;
use kernel::{Currency, DatasetId, Figure, count, figure, plain};
use leptos::prelude::*;
use metrics::model::ValueChange;
use ui::{
    ButtonKind, Card, DataTable, Fault, FaultTable, FigureText, HeadCell, IconName, LinkButton, NarrowTable,
    NumberCell, VisuallyHidden,
};

use super::steps::counted;

/// Problems listed one by one.
const MOST_PROBLEMS: usize = 200;

/// The values that would be added or changed, changed ones first.
#[component]
pub(super) fn Changes(
    /// The first of them.
    changes: Vec<ValueChange>,
    /// How many there are.
    total: u64,
    /// The currency of amounts.
    currency: Currency,
) -> impl IntoView {
    let shown = changes.len() as u64;
    let rows = changes
        .into_iter()
        .map(|change| view! { <ChangeRow change=change currency=currency /> })
        .collect_view();
    view! {
        <Card heading=counted(total, "value to import", "values to import")>
            <DataTable caption="Values to import" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Metric"</HeadCell>
                        <HeadCell>"Month"</HeadCell>
                        <HeadCell numeric=true>"Now"</HeadCell>
                        <HeadCell numeric=true>"After"</HeadCell>
                        <HeadCell numeric=true>"Line"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {(shown < total).then(|| view! { <p class="muted text-s mt-4">{first_of(shown, total)}</p> })}
        </Card>
    }
}

#[component]
fn ChangeRow(change: ValueChange, currency: Currency) -> impl IntoView {
    let (before, after) = figures(&change, currency);
    let before = match before {
        Some(before) => view! { <FigureText figure=before /> }.into_any(),
        None => view! { <span class="muted">"new"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{change.key.metric().label}</th>
            <td class="num">{change.month.label()}</td>
            <NumberCell label="Now" class="soft">
                {before}
            </NumberCell>
            <NumberCell label="After">
                <FigureText figure=after />
            </NumberCell>
            <NumberCell class="muted extra">{count(change.line)}</NumberCell>
        </tr>
    }
}

/// Both values of a change; in all their digits where rounding would show the same twice.
fn figures(change: &ValueChange, currency: Currency) -> (Option<Figure>, Figure) {
    let shown = |value: f64| figure(value, change.unit, currency);
    let exact = |value: f64| Figure { number: plain(value), unit: String::new() };
    let before = change.before.map(shown);
    let after = shown(change.after);
    if before.as_ref() == Some(&after) {
        return (change.before.map(exact), exact(change.after));
    }
    (before, after)
}

/// The cells and rows that would be left out, with the way to get them back.
#[component]
pub(super) fn LeftOut(
    /// The address of the workspace.
    workspace: String,
    /// The file.
    id: DatasetId,
    /// The first problems.
    problems: Vec<RowProblem>,
    /// How many there are.
    total: u64,
    /// In how many rows.
    rows: u64,
) -> impl IntoView {
    let shown = problems.len().min(MOST_PROBLEMS) as u64;
    let faults = problems.into_iter().take(MOST_PROBLEMS).map(fault).collect();
    let href = format!("/w/{workspace}/data/{id}/rejected.csv");
    view! {
        <Card
            heading=counted(total, "cell needs you", "cells need you")
            actions=move || {
                view! {
                    <LinkButton href=href kind=ButtonKind::Quiet icon=IconName::Download>
                        "Download rejected rows"
                        <VisuallyHidden>" as CSV"</VisuallyHidden>
                    </LinkButton>
                }
            }
        >
            <p class="prose soft text-s">
                {format!(
                    "They stand in {}. What cannot be read is left out, and the rest of the file can be imported. To bring it in later, correct the rejected rows and upload them as a file of their own.",
                    counted(rows, "row", "rows"),
                )}
            </p>
            <FaultTable caption="Cells that are left out" faults=faults />
            {(shown < total).then(|| view! { <p class="muted text-s mt-4">{first_of(shown, total)}</p> })}
        </Card>
    }
}

fn fault(problem: RowProblem) -> Fault {
    Fault { line: problem.line, column: problem.column_name, value: problem.value, sentence: problem.message }
}

fn first_of(shown: u64, total: u64) -> String {
    format!("The first {} of {} are shown.", count(shown), count(total))
}

#[cfg(test)]
mod tests {
    use kernel::Unit;
    use metrics::MetricKey;

    use super::*;

    fn change(before: Option<f64>, after: f64) -> ValueChange {
        let month = "2025-01".parse().unwrap();
        ValueChange { key: MetricKey::MRR, month, before, after, unit: Unit::MoneyPerMonth, line: 2 }
    }

    fn shown(before: Option<f64>, after: f64) -> (Option<String>, String) {
        let (before, after) = figures(&change(before, after), Currency::Usd);
        (before.map(|figure| figure.number), after.number)
    }

    #[test]
    fn a_change_too_small_for_rounded_digits_is_shown_in_full() {
        assert_eq!(shown(Some(118_450.0), 118_450.5), (Some("118450".to_owned()), "118450.5".to_owned()));
        assert_eq!(shown(Some(118_450.0), 121_002.5), (Some("$118".to_owned()), "$121".to_owned()));
        assert_eq!(shown(None, 950.0), (None, "$950".to_owned()));
    }
}
