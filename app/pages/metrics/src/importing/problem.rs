//! Why a step of an import cannot be shown yet, with the way to the step that comes first.

use api::{ApiError, ErrorPage, set_page_status};
use kernel::AppError;
use leptos::prelude::*;
use ui::{ButtonKind, Card, ErrorPanel, LinkButton, PageHead};

/// Leads back to the step that is missing something; other errors take the page.
#[component]
pub(super) fn StepProblem(
    /// The reason.
    error: ApiError,
    /// The address of the file, without its step.
    file: String,
) -> impl IntoView {
    let (title, remedy, step, words) = match &error.error {
        AppError::Invalid { .. } => (
            "The columns need another look first",
            "Your choices are kept. Change the ones below, then check again.",
            "map",
            "Go to the columns",
        ),
        AppError::Conflict { .. } => (
            "The file is not understood yet",
            "Look at how it was read; choose otherwise if something is wrong.",
            "format",
            "Go to the format",
        ),
        _ => return view! { <ErrorPage error=error /> }.into_any(),
    };
    set_page_status(&error.error);
    let mut sentences: Vec<String> = error.error.fields().iter().map(|field| field.message.clone()).collect();
    sentences.dedup();
    let sentence = if sentences.is_empty() { error.error.to_string() } else { sentences.join(". ") };
    let href = format!("{file}/{step}");
    view! {
        <PageHead title="Import" />
        <Card>
            <ErrorPanel
                title=title
                sentence=format!("{sentence}.")
                remedy=remedy
                actions=move || view! { <LinkButton href=href kind=ButtonKind::Primary>{words}</LinkButton> }
            />
        </Card>
    }
    .into_any()
}
