//! The settings in force.

use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Card, DataTable, HeadCell, NarrowTable, PageHead};

use crate::{functions::get_settings, model::SettingLine};

/// Lists every setting with the place it came from.
#[component]
pub(crate) fn InstanceSettingsPage() -> impl IntoView {
    let settings = Resource::new_blocking(|| (), |()| get_settings());
    view! {
        <Title text="Settings in force" />
        <PageHead
            title="Settings in force"
            lead=|| "What this node was started with. Settings are changed in config.toml or the environment, and read at the start."
        />
        <Suspense>
            {move || Suspend::new(async move {
                match settings.await {
                    Ok(settings) => view! { <Settings settings=settings /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Settings(settings: Vec<SettingLine>) -> impl IntoView {
    let row = |setting: SettingLine| {
        view! {
            <tr>
                <th scope="row"><code>{setting.name}</code></th>
                <td class="wide break-all"><code>{setting.value}</code></td>
                <td class="wide" data-label="From">{setting.place}</td>
            </tr>
        }
    };
    let rows = settings.into_iter().map(row).collect_view();
    view! {
        <Card>
            <DataTable caption="Settings in force" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Setting"</HeadCell>
                        <HeadCell>"Value"</HeadCell>
                        <HeadCell>"From"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
}
