//! The page for addresses that lead nowhere.

use kernel::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, IconName, LinkButton, PageHead, PublicShell};

/// Says that the address leads nowhere, with status 404.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    api::set_page_status(&AppError::not_found("page"));
    view! {
        <Title text="Page not found" />
        <PublicShell links=crate::home::public_links()>
            <PageHead title="Page not found" />
            <EmptyState
                title="There is no page at this address"
                sentence="It may have been moved, or the address is mistyped. Nothing was changed."
                icon=IconName::Search
            >
                <LinkButton href="/">"Go to the start page"</LinkButton>
            </EmptyState>
        </PublicShell>
    }
}
