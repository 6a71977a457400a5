//! Who sees a report besides those who make reports.

use accounts::WorkspaceView;
use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use reports::model::{Access, Sharing, ViewerAccess};
use ui::{
    Button, Card, DataTable, HeadCell, LinkButton, NarrowTable, Notice, PageHead, RadioGroup, RadioOption,
    Select, SelectOption, Tone,
};

use crate::functions::{SHARE_REPORT, SHARE_WITH_EVERYONE, get_sharing};

/// Lets people see one report.
#[component]
pub(crate) fn SharePage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let params = use_params_map();
    let id = move || params.read().get("report").unwrap_or_default();
    let sharing = {
        let slug = slug.clone();
        Resource::new_blocking(move || (slug.clone(), id()), |(slug, id)| get_sharing(slug, id))
    };
    let query = use_query_map();
    let saved = move || query.read().get("saved").is_some();
    view! {
        <Title text="Share a report" />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match sharing.await {
                        Ok(sharing) => view! { <Shared sharing=sharing slug=slug saved=saved() /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Shared(sharing: Sharing, slug: String, saved: bool) -> impl IntoView {
    let Sharing { report, viewers } = sharing;
    let back = format!("/w/{slug}/reports");
    let id = report.id.to_string();
    let viewers_card = (!report.for_everyone).then(|| {
        view! { <Viewers viewers=viewers slug=slug.clone() id=id.clone() /> }
    });
    view! {
        <PageHead
            title="Share a report"
            lead=move || format!("{}, {}", report.title, report.period)
            actions=move || view! { <LinkButton href=back.clone()>"All reports"</LinkButton> }
        />
        {saved.then(|| view! { <Notice tone=Tone::Good>"Saved. It holds from the next click of those people on."</Notice> })}
        <Audience slug=slug.clone() id=id.clone() for_everyone=report.for_everyone />
        {viewers_card}
    }
}

#[component]
fn Audience(slug: String, id: String, for_everyone: bool) -> impl IntoView {
    let options = vec![
        RadioOption {
            value: "false".to_owned(),
            label: "Whoever makes reports, and viewers you choose".to_owned(),
            hint: None,
        },
        RadioOption { value: "true".to_owned(), label: "Everybody in this workspace".to_owned(), hint: None },
    ];
    view! {
        <Card heading="Who sees it">
            <form method="post" action=SHARE_WITH_EVERYONE class="form">
                <input type="hidden" name="workspace" value=slug />
                <input type="hidden" name="id" value=id />
                <RadioGroup
                    name="wanted"
                    legend="Owners, admins, analysts and members see every report"
                    options=options
                    selected=for_everyone.to_string()
                />
                <div class="actions">
                    <Button>"Save"</Button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn Viewers(viewers: Vec<ViewerAccess>, slug: String, id: String) -> impl IntoView {
    if viewers.is_empty() {
        return view! {
            <Card heading="Viewers">
                <p class="muted">
                    "Nobody in this workspace is a viewer, so everybody sees this report already. Owners and admins invite viewers on the page "
                    <a href=format!("/w/{slug}/members")>"Members"</a> "."
                </p>
            </Card>
        }
        .into_any();
    }
    let rows = viewers
        .into_iter()
        .map(|viewer| view! { <ViewerRow viewer=viewer slug=slug.clone() id=id.clone() /> })
        .collect_view();
    view! {
        <Card heading="Viewers">
            <DataTable caption="Viewers" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Person"</HeadCell>
                        <HeadCell>"This report"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

#[component]
fn ViewerRow(viewer: ViewerAccess, slug: String, id: String) -> impl IntoView {
    let options: Vec<SelectOption> = std::iter::once(SelectOption::new("none", "Does not see it"))
        .chain(Access::ALL.map(|access| SelectOption::new(access.key(), access.label())))
        .collect();
    let chosen = viewer.access.map_or("none", Access::key);
    let label = format!("What {} may do", viewer.name);
    view! {
        <tr>
            <th scope="row">
                {viewer.name} <br /> <span class="muted text-s">{viewer.email}</span>
            </th>
            <td class="wide">
                <form method="post" action=SHARE_REPORT class="actions">
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="person" value=viewer.id.to_string() />
                    <Select options=options selected=chosen name="access" label=label />
                    <Button>"Save"</Button>
                </form>
            </td>
        </tr>
    }
}
