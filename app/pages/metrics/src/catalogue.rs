//! Every metric of the catalogue, with the company's newest value or what it would take to have one.

use std::collections::HashMap;

use accounts::WorkspaceView;
use api::ErrorPage;
use kernel::{Currency, MISSING, Month};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Form, hooks::use_query_map};
use metrics::{
    MetricKey,
    catalogue::Group,
    model::{CatalogueRow, CatalogueView, Value},
};
use ui::{
    Button, DataTable, EmptyState, FigureCell, FormField, GroupRow, HeadCell, IconName, InputKind,
    LinkButton, NarrowTable, NumberCell, PageHead, TextInput,
};

use crate::{
    address::{Choices, Links},
    functions::get_catalogue,
    words::{is_found, needs, shown},
};

/// Shows every metric that the word in the address finds.
#[component]
pub(crate) fn CataloguePage() -> impl IntoView {
    let slug = expect_context::<WorkspaceView>().workspace.slug;
    let query = use_query_map();
    let choices = Memo::new(move |_| Choices::of(&query.read()));
    let wanted = Memo::new(move |_| query.read().get("find").unwrap_or_default());
    let workspace = slug.clone();
    let catalogue = Resource::new_blocking(
        move || choices.get(),
        move |choices| get_catalogue(workspace.clone(), choices),
    );
    view! {
        <Title text="All figures" />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match catalogue.await {
                        Ok(view) => view! { <Catalogue view=view slug=slug wanted=wanted /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

/// The page of one answer.
#[component]
pub(crate) fn Catalogue(view: CatalogueView, slug: String, wanted: Memo<String>) -> impl IntoView {
    let links = Links::new(&slug, None, None, &view.shown);
    let currency = view.shown.currency;
    let rows: HashMap<MetricKey, CatalogueRow> = view.rows.into_iter().map(|row| (row.key, row)).collect();
    let lead = lead(&view.company, &rows);
    let [csv, xlsx] = ["csv", "xlsx"].map(|ending| links.table(None, ending));
    let (has_data, data) = (!rows.is_empty(), links.page("/data"));
    view! {
        <PageHead
            title="All figures"
            lead=move || lead
            actions=move || {
                if has_data {
                    view! {
                        <LinkButton href=csv icon=IconName::Download>"CSV"</LinkButton>
                        <LinkButton href=xlsx icon=IconName::Download>"XLSX"</LinkButton>
                    }
                        .into_any()
                } else {
                    view! { <LinkButton href=data icon=IconName::Upload>"Upload a CSV"</LinkButton> }.into_any()
                }
            }
        />
        <Search action=links.page("/figures") wanted=wanted />
        {move || {
            let found: Vec<MetricKey> = MetricKey::all().filter(|key| is_found(key.metric(), &wanted.get())).collect();
            if found.is_empty() {
                view! { <NothingFound wanted=wanted.get() all=links.page("/figures") /> }.into_any()
            } else {
                view! { <Found found=found rows=rows.clone() currency=currency links=links.clone() /> }.into_any()
            }
        }}
    }
}

/// How many figures there are, and how many have a value.
fn lead(company: &str, rows: &HashMap<MetricKey, CatalogueRow>) -> String {
    let all = MetricKey::all().len();
    let known = rows.values().filter(|row| row.value.known().is_some()).count();
    if rows.is_empty() {
        return format!(
            "Quartile knows {all} figures. Each one is defined once and shows where it comes from."
        );
    }
    let have = if known == 1 { "one has" } else { "have" };
    let count = if known == 1 { String::new() } else { format!("{known} ") };
    format!(
        "Quartile knows {all} figures; {count}{have} a value for {company}. The others say what they need."
    )
}

#[component]
fn Search(action: String, wanted: Memo<String>) -> impl IntoView {
    view! {
        <Form method="get" action=action attr:role="search">
            <FormField name="find" label="Find a figure" hint="By its name, or by what your spreadsheet calls it">
                <div class="toolbar">
                    <TextInput kind=InputKind::Search value=wanted />
                    <Button icon=IconName::Search>"Find figures"</Button>
                </div>
            </FormField>
        </Form>
    }
}

#[component]
fn NothingFound(wanted: String, all: String) -> impl IntoView {
    view! {
        <EmptyState
            title=format!("No figure is called “{wanted}”")
            sentence="Try a shorter word, or another name for it."
            icon=IconName::Search
        >
            <LinkButton href=all>"Show all figures"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Found(
    found: Vec<MetricKey>,
    rows: HashMap<MetricKey, CatalogueRow>,
    currency: Currency,
    links: Links,
) -> impl IntoView {
    let groups = Group::ALL.into_iter().filter_map(move |group| {
        let members: Vec<MetricKey> =
            found.iter().copied().filter(|key| key.metric().group == group).collect();
        let lines: Vec<_> = members.iter().map(|key| line(*key, rows.get(key), currency, &links)).collect();
        (!lines.is_empty()).then(|| view! { <GroupRow label=group.label() columns=3 /> {lines} })
    });
    view! {
        <section class="card">
            <DataTable caption="Every figure with its newest value" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Figure"</HeadCell>
                        <HeadCell numeric=true>"Newest value"</HeadCell>
                        <HeadCell>"Month, or what it needs"</HeadCell>
                    </tr>
                </thead>
                <tbody>{groups.collect_view()}</tbody>
            </DataTable>
        </section>
    }
}

fn line(
    key: MetricKey,
    row: Option<&CatalogueRow>,
    currency: Currency,
    links: &Links,
) -> impl IntoView + use<> {
    let metric = key.metric();
    let month: Option<Month> = row.filter(|row| row.value.known().is_some()).map(|row| row.month);
    let value = match row.map(|row| &row.value) {
        Some(Value::Undefined { .. }) => view! { <NumberCell>{MISSING}</NumberCell> }.into_any(),
        Some(value) => view! { <FigureCell figure=shown(value, metric.unit, currency) /> }.into_any(),
        None => view! { <FigureCell figure=None /> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=links.figure_at(key, month)>{metric.label}</a>
            </th>
            {value}
            <td class="wide muted">{remark(row)}</td>
        </tr>
    }
}

/// The month of the value, why it has no meaning, or what it needs.
fn remark(row: Option<&CatalogueRow>) -> String {
    let Some(row) = row else { return String::new() };
    match &row.value {
        Value::Known(_) => row.month.label(),
        Value::Missing { inputs } => needs(inputs),
        Value::Undefined { reason } => format!("{}: {}", row.month.label(), reason.sentence()),
    }
}

#[cfg(test)]
mod tests {
    use metrics::model::{Cell, Reason};

    use super::*;

    #[test]
    fn every_line_says_when_or_why_not() {
        let month = "2026-09".parse().unwrap();
        let row = |value| CatalogueRow { key: MetricKey::RUNWAY, month, value };
        let cell = Cell { key: MetricKey::HEADCOUNT, month };
        assert_eq!(remark(Some(&row(Value::Known(16.0)))), "Sep 2026");
        assert_eq!(remark(Some(&row(Value::Missing { inputs: vec![cell] }))), "needs headcount");
        assert!(
            remark(Some(&row(Value::Undefined { reason: Reason(MetricKey::RUNWAY) })))
                .starts_with("Sep 2026: Default alive")
        );
        assert_eq!(remark(None), "");
        let rows = HashMap::from([(MetricKey::RUNWAY, row(Value::Known(16.0)))]);
        assert!(lead("Northlight", &rows).contains("; one has a value for Northlight"));
    }
}
