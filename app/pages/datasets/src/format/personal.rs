//! Says that personal data is masked, and shows it to those who may see it.

use leptos::prelude::*;
use ui::{Button, LinkButton, Notice, Tone};

/// What is masked in a file, with the way to see it.
#[component]
pub(super) fn PersonalNotice(
    /// The address of the file, without its step.
    file: String,
    /// Whether the person may see it, after showing who they are.
    may_see: bool,
    /// Whether it is shown on this page.
    is_shown: bool,
) -> impl IntoView {
    let here = format!("{file}/format");
    if is_shown {
        return view! {
            <Notice tone=Tone::Warning title="Personal data is shown">
                <p>"Only on this page, and only this time. That you looked is noted in the audit log."</p>
                <div class="actions mt-3">
                    <LinkButton href=format!("{file}/original")>"Download the original"</LinkButton>
                    <LinkButton href=here>"Mask it again"</LinkButton>
                </div>
            </Notice>
        }
        .into_any();
    }
    let way = if may_see {
        // A form, so that no browser fetches ahead what is noted in the log.
        view! {
            <form method="get" action=here class="mt-3">
                <input type="hidden" name="personal" value="shown" />
                <Button>"Show it"</Button>
            </form>
        }
        .into_any()
    } else {
        view! { <p>"Owners see it, and the admins and analysts whom an owner lets."</p> }.into_any()
    };
    view! {
        <Notice title="Personal data is masked">
            <p>"Columns about people are masked here, in downloads and in rows that were rejected, and are not imported."</p>
            {way}
        </Notice>
    }
    .into_any()
}
