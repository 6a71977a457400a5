//! What a page shows when its data cannot be had.

use kernel::AppError;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::{EmptyState, ErrorPanel, IconName, LinkButton};

use crate::ApiError;

/// Gives the page the status that says the same as the error; nothing happens in the browser.
#[cfg_attr(not(feature = "ssr"), expect(unused_variables, reason = "only the server answers with a status"))]
pub fn set_page_status(error: &AppError) {
    #[cfg(feature = "ssr")]
    crate::actor::set_status_of_page(error.status());
}

/// Says in place of a page why it cannot be shown and what to do.
#[component]
pub fn ErrorPage(
    /// The reason.
    error: ApiError,
) -> impl IntoView {
    set_page_status(&error.error);
    let sentence = error.error.to_string();
    match error.error {
        AppError::Unauthenticated => {
            let location = use_location();
            let here =
                format!("{}{}", location.pathname.get_untracked(), query(&location.search.get_untracked()));
            let href = format!("/sign-in?next={}", url_escape(&here));
            view! {
                <EmptyState title="Sign in to see this page" sentence="Your session may have ended." icon=IconName::User>
                    <LinkButton href=href>"Sign in"</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
        AppError::NotFound { what } => view! {
            <EmptyState title=format!("No such {what}") sentence=sentence icon=IconName::Search>
                <LinkButton href="/">"Go to the start page"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        AppError::Internal { reference } => view! {
            <ErrorPanel
                title="This page could not be made"
                sentence="Something went wrong on our side; your data is safe."
                remedy="Reload the page. If it happens again, tell the operator the reference below."
                reference=reference
            />
        }
        .into_any(),
        AppError::Forbidden { .. } => {
            view! { <ErrorPanel title="You may not see this" sentence=sentence /> }.into_any()
        }
        _ => view! { <ErrorPanel title="This page could not be shown" sentence=sentence /> }.into_any(),
    }
}

/// The query of the page, without the refusal that the server may have added to it.
fn query(search: &str) -> String {
    let pairs = search.trim_start_matches('?').split('&');
    let is_ours =
        |pair: &&str| !pair.is_empty() && !pair.starts_with("__path=") && !pair.starts_with("__err=");
    let pairs: Vec<&str> = pairs.filter(is_ours).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn url_escape(text: &str) -> String {
    leptos_router::location::Url::escape(text)
}
