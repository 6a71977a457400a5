//! What deserves a look.

use leptos::prelude::*;
use metrics::model::{Attention, AttentionKind};
use ui::{Card, DataTable, VisuallyHidden};

use crate::address::Links;

/// The findings, each with the way to its figure or to the data that is missing.
#[component]
pub(crate) fn AttentionCard(found: Vec<Attention>, links: Links) -> impl IntoView {
    let content = if found.is_empty() {
        view! {
            <p class="prose text-ink-2">
                "Nothing stands out. Quartile looked for a short runway, gaps in the MRR bridge, figures that worsen twice in a row, and months without data."
            </p>
        }
        .into_any()
    } else {
        let rows = found.into_iter().map(|attention| row(attention, &links)).collect_view();
        view! {
            <DataTable caption="Worth your attention">
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    view! { <Card heading="Worth your attention">{content}</Card> }
}

fn row(attention: Attention, links: &Links) -> impl IntoView + use<> {
    let (href, words) = match attention.kind {
        AttentionKind::MissingMonths => (links.page("/data"), "Add data"),
        _ => (links.figure_at(attention.key, Some(attention.month)), "Open"),
    };
    let about = format!(": {}", attention.headline);
    view! {
        <tr>
            <th scope="row">
                <b>{attention.headline}</b>
                <br />
                <span class="muted">{format!("{}.", attention.detail.trim_end_matches('.'))}</span>
            </th>
            <td class="end">
                <a href=href>{words} <VisuallyHidden>{about}</VisuallyHidden></a>
            </td>
        </tr>
    }
}
