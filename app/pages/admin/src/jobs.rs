//! Background work that is not done.

use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, Card, Chip, ChipTone, DataTable, EmptyState, HeadCell, IconName, Moment, NarrowTable, Notice,
    NumberCell, PageHead, Tone,
};

use crate::{
    functions::{RETRY_JOB, get_jobs},
    model::JobLine,
};

/// Lists jobs that were given up, are at work or wait, and tries them again.
#[component]
pub(crate) fn JobsPage() -> impl IntoView {
    let jobs = Resource::new_blocking(|| (), |()| get_jobs());
    let query = use_query_map();
    let was_retried = move || query.read().get("done").is_some();
    view! {
        <Title text="Jobs" />
        <PageHead title="Jobs" lead=|| "Background work that is not done: given up, at work, or late. Each is tried five times before it is given up." />
        {move || was_retried().then(|| view! { <Notice tone=Tone::Good>"The job is tried again."</Notice> })}
        <Suspense>
            {move || Suspend::new(async move {
                match jobs.await {
                    Ok(jobs) => view! { <Jobs jobs=jobs /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Jobs(jobs: Vec<JobLine>) -> impl IntoView {
    if jobs.is_empty() {
        return view! { <EmptyState title="Everything is done" sentence="Jobs that fail or wait too long will be listed here." icon=IconName::Check /> }
            .into_any();
    }
    let rows = jobs.into_iter().map(|job| view! { <JobRow job=job /> }).collect_view();
    view! {
        <Card>
            <DataTable caption="Jobs that are not done" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"What"</HeadCell>
                        <HeadCell>"State"</HeadCell>
                        <HeadCell numeric=true>"Attempts"</HeadCell>
                        <HeadCell>"Asked for"</HeadCell>
                        <HeadCell>"Last error"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

#[component]
fn JobRow(job: JobLine) -> impl IntoView {
    let (tone, state) = match job.state.as_str() {
        "failed" => (ChipTone::Bad, "given up"),
        "running" => (ChipTone::Accent, "at work"),
        _ => (ChipTone::Warning, "waits"),
    };
    view! {
        <tr>
            <th scope="row"><code>{job.kind}</code></th>
            <td data-label="State"><Chip tone=tone>{state}</Chip></td>
            <NumberCell label="Attempts">{job.attempts}</NumberCell>
            <td data-label="Asked for"><Moment at=job.created_at /></td>
            <td class="wide">{job.last_error.unwrap_or_else(|| "none".to_owned())}</td>
            <td class="wide">
                {(job.state == "failed")
                    .then(|| {
                        view! {
                            <form method="post" action=RETRY_JOB>
                                <input type="hidden" name="id" value=job.id />
                                <Button>"Try again"</Button>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
}
