//! The way to the synthetic demo company.

use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, IconName, LinkButton, PageHead, PublicShell};

use crate::functions::open_demo;

/// Goes to the demo company, or says how to get one.
#[component]
pub(crate) fn DemoPage() -> impl IntoView {
    let demo = Resource::new_blocking(|| (), |()| open_demo());
    view! {
        <Title text="Demo company" />
        <PublicShell links=Vec::new()>
            <Suspense>
                {move || Suspend::new(async move {
                    match demo.await {
                        Ok(true) => view! { <p>"Opening the demo company…"</p> }.into_any(),
                        Ok(false) => view! { <NoDemo /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicShell>
    }
}

#[component]
fn NoDemo() -> impl IntoView {
    view! {
        <PageHead title="Demo company" />
        <EmptyState
            title="No demo company is loaded on this instance"
            sentence="The operator loads one, with 400 synthetic peers, by running “quartile demo load”; “quartile demo remove” takes it away again."
            icon=IconName::Dashboard
        >
            <LinkButton href="/sign-up">"Start with your own data"</LinkButton>
        </EmptyState>
    }
}
