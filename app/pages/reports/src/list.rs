//! Every report, and the way to make one.

use accounts::WorkspaceView;
use api::{ErrorPage, FormState};
use kernel::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use reports::model::{Access, ReportSummary};
use ui::{
    Button, ButtonKind, Card, Confirm, DataTable, EmptyState, HeadCell, IconName, LinkButton, NarrowTable,
    Notice, NumberCell, PageHead, Tone,
};

use crate::functions::{CreateReport, DELETE_REPORT, list_reports};

/// Lists the reports and makes new ones.
#[component]
pub(crate) fn ReportsPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let action = ServerAction::<CreateReport>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let reports = {
        let slug = slug.clone();
        Resource::new_blocking(move || (slug.clone(), action.version().get()), |(slug, _)| list_reports(slug))
    };
    let query = use_query_map();
    let made = move || query.read().get("made").is_some();
    let may_create = workspace.role.allows(Permission::CreateReports);
    let form_slug = slug.clone();
    view! {
        <Title text="Reports" />
        <PageHead
            title="Reports"
            lead=|| "Your figures beside peers and published figures, as a PDF for the board."
            actions=move || {
                may_create
                    .then(|| {
                        view! {
                            <ActionForm action=action>
                                <input type="hidden" name="workspace" value=form_slug />
                                <Button kind=ButtonKind::Primary>"Create report"</Button>
                            </ActionForm>
                        }
                    })
            }
        />
        {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        {move || {
            made().then(|| view! { <Notice tone=Tone::Good>"The report is made. Download it below."</Notice> })
        }}
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match reports.await {
                        Ok(reports) if reports.is_empty() => {
                            view! { <NoReports slug=slug may_create=may_create /> }.into_any()
                        },
                        Ok(reports) => {
                            view! { <ReportTable reports=reports slug=slug may_share=may_create /> }.into_any()
                        }
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn NoReports(slug: String, may_create: bool) -> impl IntoView {
    let sentence = if may_create {
        "A report takes the figures you have imported: a cover, a one-page summary, key figures, a page for each group of metrics, trends, definitions and the method."
    } else {
        "Reports that somebody shares with you are listed here. Members and above make them: ask one of them."
    };
    view! {
        <EmptyState title="Reports will be listed here" sentence=sentence icon=IconName::Report>
            {may_create.then(|| view! { <LinkButton href=format!("/w/{slug}/data")>"Import figures first"</LinkButton> })}
        </EmptyState>
    }
}

#[component]
fn ReportTable(reports: Vec<ReportSummary>, slug: String, may_share: bool) -> impl IntoView {
    let rows = reports
        .into_iter()
        .map(|report| view! { <ReportRow report=report slug=slug.clone() may_share=may_share /> })
        .collect_view();
    view! {
        <Card>
            <DataTable caption="Reports" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Report"</HeadCell>
                        <HeadCell>"Period"</HeadCell>
                        <HeadCell>"Peers"</HeadCell>
                        <HeadCell>"Made"</HeadCell>
                        <HeadCell numeric=true>"Size"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
}

#[component]
fn ReportRow(report: ReportSummary, slug: String, may_share: bool) -> impl IntoView {
    let href = format!("/w/{slug}/reports/{}/report.pdf", report.id);
    let made = report.created_at.format("%-d %b %Y, %H:%M UTC").to_string();
    let size = format!("{} kB", kernel::count(report.size_bytes.div_ceil(1024)));
    let share = format!("/w/{slug}/reports/{}/share", report.id);
    let may_remove = report.access == Access::Edit;
    let fields = vec![("workspace".to_owned(), slug), ("id".to_owned(), report.id.to_string())];
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone() download>
                    {report.title}
                </a>
            </th>
            <td>{report.period}</td>
            <td>{report.snapshot}</td>
            <td>{made}</td>
            <NumberCell>{size}</NumberCell>
            <td class="wide">
                <span class="actions">
                    <LinkButton href=href icon=IconName::Download>
                        "Download PDF"
                    </LinkButton>
                    {may_share
                        .then(|| view! { <LinkButton href=share>"Share"</LinkButton> })}
                    {may_remove
                        .then(|| {
                            view! {
                                <Confirm
                                    id=format!("delete-{}", report.id)
                                    trigger="Remove…"
                                    title="Remove this report?"
                                    confirm="Remove report"
                                    action=DELETE_REPORT
                                    fields=fields
                                >
                                    "The file is gone afterwards. You can make a new one from the same figures."
                                </Confirm>
                            }
                        })}
                </span>
            </td>
        </tr>
    }
}
