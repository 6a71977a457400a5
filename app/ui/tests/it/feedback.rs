use leptos::prelude::*;
use ui::prelude::*;

use crate::html;

#[test]
fn errors_of_a_form_are_announced_and_say_so_without_colour() {
    let notice = html(|| view! { <Notice tone=Tone::Bad title="Not saved">"Use another address."</Notice> });
    assert!(notice.contains(r#"role="alert""#) && notice.contains(r#"aria-label="Error""#), "{notice}");
    let remark = html(|| view! { <Notice>"Frozen."</Notice> });
    assert!(!remark.contains("role=\"alert\""), "{remark}");
}

#[test]
fn messages_appear_in_a_polite_region() {
    let region = html(|| view! { <ToastRegion /> });
    assert!(region.contains(r#"role="status" aria-live="polite""#), "{region}");
}

#[test]
fn a_confirmation_is_one_real_form_that_opens_without_script() {
    let question = html(|| {
        view! {
            <Confirm
                id="remove"
                trigger="Remove…"
                title="Remove demo data?"
                confirm="Remove demo data"
                action="/demo/remove"
                fields=vec![("workspace".to_owned(), "7".to_owned())]
            >
                <p>"Nothing of yours is touched."</p>
            </Confirm>
        }
    });
    assert!(question.contains("<details id=\"remove\" class=\"confirm\">"), "{question}");
    assert!(question.contains("<dialog open"), "{question}");
    assert!(question.contains(r#"method="post" action="/demo/remove""#), "{question}");
    assert!(question.contains(r#"<input type="hidden" name="workspace" value="7""#), "{question}");
    assert_eq!(question.matches("<form").count(), 1, "{question}");
}

#[test]
fn work_without_a_known_share_is_shown_as_such() {
    let unknown = html(|| view! { <Progress label="Waiting" /> });
    assert!(!unknown.contains("value="), "{unknown}");
    let known = html(|| view! { <Progress label="Reading" share=Some(0.375) detail="9 of 24 rows" /> });
    assert!(known.contains(r#"value="38""#) && known.contains(r#"aria-valuetext="9 of 24 rows""#), "{known}");
}

#[test]
fn a_busy_button_says_so_and_cannot_be_pressed() {
    let button = html(|| view! { <Button kind=ButtonKind::Primary busy=true>"Check 24 rows"</Button> });
    assert!(button.contains(" disabled") && button.contains(r#"aria-busy="true""#), "{button}");
    let idle = html(|| view! { <Button>"Check 24 rows"</Button> });
    assert!(!idle.contains(" disabled") && !idle.contains("aria-busy"), "{idle}");
}
