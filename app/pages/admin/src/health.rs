//! How the program is.

use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Card, Chip, ChipTone, DataTable, HeadCell, NarrowTable, NumberCell, PageHead, Pairs};

use crate::{
    functions::get_health,
    model::{HealthLine, HealthView},
};

/// Shows everything that the program depends on, and how many use it.
#[component]
pub(crate) fn HealthPage() -> impl IntoView {
    let health = Resource::new_blocking(|| (), |()| get_health());
    view! {
        <Title text="Health" />
        <PageHead title="Health" lead=|| "What Quartile depends on, asked just now. Monitoring reads the same at /health/all and /metrics." />
        <Suspense>
            {move || Suspend::new(async move {
                match health.await {
                    Ok(health) => view! { <Health health=health /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Health(health: HealthView) -> impl IntoView {
    let rows = health.lines.into_iter().map(|line| view! { <HealthRow line=line /> }).collect_view();
    let number = |count: i64| kernel::count(u64::try_from(count).unwrap_or(0));
    let facts = vec![
        ("People who can sign in".to_owned(), number(health.people)),
        ("Workspaces of companies".to_owned(), number(health.workspaces)),
        ("Browsers signed in".to_owned(), number(health.sessions)),
        ("Network places shut out".to_owned(), health.blocks.to_string()),
        ("Version".to_owned(), format!("Quartile {}", health.version)),
    ];
    view! {
        <Card>
            <DataTable caption="What Quartile depends on" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"What"</HeadCell>
                        <HeadCell>"State"</HeadCell>
                        <HeadCell numeric=true>"Answered in"</HeadCell>
                        <HeadCell>"It says"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
        <Card heading="Who uses it">
            <Pairs pairs=facts />
        </Card>
    }
}

#[component]
fn HealthRow(line: HealthLine) -> impl IntoView {
    let tone = match line.state.as_str() {
        "well" => ChipTone::Good,
        "strained" => ChipTone::Warning,
        _ => ChipTone::Bad,
    };
    view! {
        <tr>
            <th scope="row">{line.name}</th>
            <td data-label="State"><Chip tone=tone>{line.state}</Chip></td>
            <NumberCell label="Answered in">{format!("{} ms", line.milliseconds)}</NumberCell>
            <td class="wide">{line.detail}</td>
        </tr>
    }
}
