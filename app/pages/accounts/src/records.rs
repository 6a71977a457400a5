//! Who did what in a workspace.

use accounts::{RecordLine, RecordsView, WorkspaceView};
use api::{ApiError, ErrorPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, Card, DataTable, EmptyState, HeadCell, IconName, LinkButton, Moment, NarrowTable, PageHead,
    Select, SelectOption,
};

/// A page of the log.
#[server]
pub async fn get_records(workspace: String, action: String, before: String) -> Result<RecordsView, ApiError> {
    const LINES: u32 = 50;
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let action = (!action.is_empty()).then_some(action);
    Ok(accounts.records(&actor, (before.parse().ok(), action), LINES).await?)
}

/// Lists what was done, newest first.
#[component]
pub(crate) fn RecordsPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let query = use_query_map();
    let asked = move |name: &str| query.read().get(name).unwrap_or_default();
    let records = {
        let slug = slug.clone();
        Resource::new_blocking(
            move || (slug.clone(), asked("action"), asked("before")),
            |(slug, action, before)| get_records(slug, action, before),
        )
    };
    let export = format!("/w/{slug}/audit.csv");
    view! {
        <Title text="Audit log" />
        <PageHead
            title="Audit log"
            lead=|| "Who did what. Entries are chained: none can be changed or removed without a trace."
            actions=move || view! { <LinkButton href=export.clone() icon=IconName::Download>"CSV"</LinkButton> }
        />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match records.await {
                        Ok(view) => view! { <Records view=view slug=slug action=asked("action") /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Records(view: RecordsView, slug: String, action: String) -> impl IntoView {
    if view.actions.is_empty() {
        return view! {
            <EmptyState
                title="Nothing was done yet"
                sentence="Uploads, imports, reports, members and keys will be listed here, with who and when."
                icon=IconName::Report
            />
        }
        .into_any();
    }
    let base = format!("/w/{slug}/audit");
    let options = std::iter::once(SelectOption::new("", "Everything"))
        .chain(view.actions.iter().map(|action| SelectOption::new(action, action)))
        .collect::<Vec<_>>();
    let next = view.next.map(|before| format!("{base}?action={action}&before={before}"));
    let rows = view.lines.into_iter().map(|line| view! { <RecordRow line=line /> }).collect_view();
    view! {
        <Card>
            <form method="get" action=base class="actions">
                <Select options=options selected=action name="action" label="What was done" submits=true />
                <Button>"Show"</Button>
            </form>
            <DataTable caption="Audit log" narrow=NarrowTable::Stacks>
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
