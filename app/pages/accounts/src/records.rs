//! Who did what in a workspace.

use accounts::{RecordLine, RecordsInput, RecordsView, WorkspaceView};
use api::{ApiError, ErrorPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use ui::{
    Button, Card, DataTable, EmptyState, FormField, HeadCell, IconName, InputKind, LinkButton, Moment,
    NarrowTable, PageHead, Select, SelectOption, TextInput,
};

/// A page of the log.
#[server]
pub async fn get_records(
    workspace: String,
    #[server(default)] asked: RecordsInput,
) -> Result<RecordsView, ApiError> {
    const LINES: u32 = 50;
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    Ok(accounts.records(&actor, &asked, LINES).await?)
}

/// Lists what was done, newest first.
#[component]
pub(crate) fn RecordsPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let query = use_query_map();
    let asked = move || {
        let of = |name: &str| query.read().get(name).unwrap_or_default();
        RecordsInput {
            action: of("action"),
            who: of("who"),
            from: of("from"),
            until: of("until"),
            before: of("before"),
        }
    };
    let records = {
        let slug = slug.clone();
        Resource::new_blocking(move || (slug.clone(), asked()), |(slug, asked)| get_records(slug, asked))
    };
    let csv = slug.clone();
    let export = Signal::derive(move || address(&format!("/w/{csv}/audit.csv"), &asked(), None));
    view! {
        <Title text="Audit log" />
        <PageHead
            title="Audit log"
            lead=|| "Who did what. Entries are chained: none can be changed or removed without a trace."
            actions=move || view! { {move || view! { <LinkButton href=export.get() icon=IconName::Download>"CSV"</LinkButton> }} }
        />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match records.await {
                        Ok(view) => view! { <Records view=view slug=slug asked=asked() /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Records(view: RecordsView, slug: String, asked: RecordsInput) -> impl IntoView {
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
    let next = view.next.map(|before| address(&base, &asked, Some(before)));
    let is_empty = view.lines.is_empty();
    let rows = view.lines.into_iter().map(|line| view! { <RecordRow line=line /> }).collect_view();
    view! {
        <Card>
            <Filter base=base asked=asked actions=view.actions people=view.people />
            {is_empty.then(|| view! { <p class="muted mb-4">"Nothing in the log is like this. Widen the search to see more."</p> })}
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
fn Filter(
    base: String,
    asked: RecordsInput,
    actions: Vec<String>,
    people: Vec<(String, String)>,
) -> impl IntoView {
    let deeds = std::iter::once(SelectOption::new("", "Everything"))
        .chain(actions.iter().map(|action| SelectOption::new(action, action)))
        .collect::<Vec<_>>();
    let people = std::iter::once(SelectOption::new("", "Everybody"))
        .chain(people.into_iter().map(|(key, name)| SelectOption::new(key, name)))
        .collect::<Vec<_>>();
    view! {
        <form method="get" action=base class="actions items-end mb-4">
            <FormField name="action" label="What">
                <Select options=deeds selected=asked.action />
            </FormField>
            <FormField name="who" label="Who">
                <Select options=people selected=asked.who />
            </FormField>
            <FormField name="from" label="From (UTC)">
                <TextInput kind=InputKind::Date value=asked.from />
            </FormField>
            <FormField name="until" label="Until (UTC)">
                <TextInput kind=InputKind::Date value=asked.until />
            </FormField>
            <Button>"Show"</Button>
        </form>
    }
}

/// The address that asks for the same deeds.
fn address(base: &str, asked: &RecordsInput, before: Option<i64>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    let parts = [
        ("action", &asked.action),
        ("who", &asked.who),
        ("from", &asked.from),
        ("until", &asked.until),
        ("before", &before),
    ];
    let mut query = ParamsMap::new();
    for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
        query.insert(name, value.clone());
    }
    format!("{base}{}", query.to_query_string())
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
