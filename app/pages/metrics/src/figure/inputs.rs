//! The values that a computed figure rests on, with their rows.

use kernel::Currency;
use leptos::prelude::*;
use metrics::model::{InputValue, Value};
use ui::{Card, DataTable, Disclosure, FigureCell, HeadCell, NarrowTable};

use super::{RowLink, counted};
use crate::{address::Links, words::shown};

/// More values than this are folded away at first.
const MOST_OPEN: usize = 14;

/// The values, each with its month and its row; nothing for a figure that rests on none.
#[component]
pub(crate) fn InputsCard(
    /// The values.
    inputs: Vec<InputValue>,
    /// The currency of amounts.
    currency: Currency,
    /// Where other figures are.
    links: Links,
) -> impl IntoView {
    if inputs.is_empty() {
        return None;
    }
    let summary = format!("{} that went in", counted(inputs.len()));
    let is_open = inputs.len() <= MOST_OPEN;
    let rows = inputs.into_iter().map(|input| row(input, currency, &links)).collect_view();
    Some(view! {
        <Card heading="Computed from">
            <Disclosure summary=summary open=is_open>
                <DataTable caption="The values that went in" narrow=NarrowTable::Stacks>
                    <thead>
                        <tr>
                            <HeadCell>"Figure"</HeadCell>
                            <HeadCell numeric=true>"Value"</HeadCell>
                            <HeadCell>"Month"</HeadCell>
                            <HeadCell>"Comes from"</HeadCell>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
            </Disclosure>
        </Card>
    })
}

fn row(input: InputValue, currency: Currency, links: &Links) -> impl IntoView + use<> {
    let metric = input.key.metric();
    let href = links.figure_at(input.key, Some(input.month));
    let origin = match (input.source, &input.value) {
        (Some(source), _) => view! { <RowLink source=source links=links.clone() /> }.into_any(),
        (None, Value::Undefined { reason }) => reason.sentence().into_any(),
        (None, Value::Known(_)) => "computed".into_any(),
        (None, Value::Missing { .. }) => "not reported".into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{metric.label}</a></th>
            <FigureCell figure=shown(&input.value, metric.unit, currency) />
            <td class="wide muted">{input.month.label()}</td>
            <td class="wide">{origin}</td>
        </tr>
    }
}
