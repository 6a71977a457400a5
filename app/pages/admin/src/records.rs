//! What was done that belongs to no workspace.

use accounts::{RecordLine, RecordsView};
use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Card, DataTable, EmptyState, HeadCell, IconName, LinkButton, Moment, NarrowTable, PageHead};

use crate::functions::get_instance_records;

/// Lists what was done, newest first.
#[component]
pub(crate) fn InstanceRecordsPage() -> impl IntoView {
    let query = use_query_map();
    let records =
        Resource::new_blocking(move || query.read().get("before").unwrap_or_default(), get_instance_records);
    view! {
        <Title text="Audit log of the instance" />
        <PageHead
            title="Audit log of the instance"
            lead=|| "Sign-ins, accounts and what administrators did. Each workspace has a log of its own, which only its people read."
        />
        <Suspense>
            {move || Suspend::new(async move {
                match records.await {
                    Ok(view) => view! { <Records view=view /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Records(view: RecordsView) -> impl IntoView {
    if view.lines.is_empty() {
        return view! { <EmptyState title="Nothing was done yet" sentence="Sign-ins and what administrators do will be listed here." icon=IconName::Report /> }
            .into_any();
    }
    let rows = view.lines.into_iter().map(|line| view! { <RecordRow line=line /> }).collect_view();
    let next = view.next.map(|before| format!("/admin/records?before={before}"));
    view! {
        <Card>
            <DataTable caption="Audit log of the instance" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"What"</HeadCell>
                        <HeadCell>"Who"</HeadCell>
                        <HeadCell>"When"</HeadCell>
                        <HeadCell>"To what"</HeadCell>
                        <HeadCell>"From"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {next.map(|href| view! { <div class="mt-4"><LinkButton href=href>"Older entries"</LinkButton></div> })}
        </Card>
    }
    .into_any()
}

#[component]
fn RecordRow(line: RecordLine) -> impl IntoView {
    view! {
        <tr>
            <th scope="row"><code>{line.action}</code></th>
            <td>{line.who}</td>
            <td class="wide"><Moment at=line.happened_at /></td>
            <td class="wide break-all">
                {line.subject} {(!line.detail.is_empty()).then(|| view! { <br /> <span class="muted text-s">{line.detail}</span> })}
            </td>
            <td data-label="From">{line.place}</td>
        </tr>
    }
}
