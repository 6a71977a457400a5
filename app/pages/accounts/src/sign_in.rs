//! The sign-in page.

use std::fmt::Write;

use api::{ApiError, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, FormField, InputKind, LinkButton, Notice, PasswordInput, PublicShell,
    PublicWidth, Requirement, TextInput, Tone,
};

use crate::functions::{SignIn, get_google_is_set_up};

const FIELDS: [&str; 2] = ["email", "password"];

/// Signs in with a password or with Google.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let query = use_query_map();
    let google = Resource::new_blocking(|| (), |()| get_google_is_set_up());
    let next = move || query.read().get("next").unwrap_or_default();
    let problem = move || query.read().get("problem").and_then(|key| problem_sentence(&key));
    let notice = move || query.read().get("notice").and_then(|key| notice_sentence(&key));
    view! {
        <Title text="Sign in" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Sign in"</h1>
            {move || problem().map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
            {move || notice().map(|sentence| view! { <Notice tone=Tone::Good>{sentence}</Notice> })}
            <Card>
                <GoogleButton is_set_up=google words="Sign in with Google" next=Signal::derive(next) />
                <ActionForm action=action attr:class="form" attr:novalidate=true>
                    {move || state.read().general(&FIELDS).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                    <input type="hidden" name="input[next]" value=next />
                    <FormField
                        name="input[email]"
                        label="E-mail"
                        error=Signal::derive(move || state.read().error("email"))
                        requirement=Requirement::Required
                    >
                        <TextInput
                            kind=InputKind::Email
                            value=Signal::derive(move || state.read().typed("email", ""))
                            autocomplete="username"
                        />
                    </FormField>
                    <FormField
                        name="input[password]"
                        label="Password"
                        error=Signal::derive(move || state.read().error("password"))
                        requirement=Requirement::Required
                    >
                        <PasswordInput />
                    </FormField>
                    <Button kind=ButtonKind::Primary>"Sign in"</Button>
                </ActionForm>
            </Card>
            <p class="text-s"><a href="/forgotten-password">"Password forgotten?"</a></p>
            <p class="text-s">"New here? " <a href="/sign-up">"Create an account"</a></p>
        </PublicShell>
    }
}

/// Where the way to Google begins, with where it is to end.
pub(crate) fn google_address(next: &str, purpose: Option<&str>) -> String {
    const START: &str = "/sign-in/google";
    let mut address = START.to_owned();
    if let Some(purpose) = purpose {
        let _infallible = write!(address, "?for={purpose}");
    }
    if next.is_empty() {
        return address;
    }
    address += if purpose.is_some() { "&next=" } else { "?next=" };
    for byte in next.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _infallible = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The way to Google, shown where the operator has set it up.
#[component]
pub(crate) fn GoogleButton(
    /// Whether it is set up.
    is_set_up: Resource<Result<bool, ApiError>>,
    /// What the button says.
    words: &'static str,
    /// Where the person wants to go.
    #[prop(optional, into)]
    next: Signal<String>,
) -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let href = google_address(&next.get(), None);
                is_set_up
                    .await
                    .unwrap_or(false)
                    .then(|| {
                        view! {
                            <div class="form">
                                <LinkButton href=href>{words}</LinkButton>
                                <p class="or">"or with a password"</p>
                            </div>
                        }
                    })
            })}
        </Suspense>
    }
}

fn notice_sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "password-set" => "Your new password is set. Sign in with it.",
        "everywhere" => "You are signed out everywhere.",
        "erased" => "Your account is deleted.",
        _ => return None,
    })
}

pub(crate) fn problem_sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "google-not-set-up" => {
            "Sign-in with Google is not set up on this instance. Use your password instead."
        }
        "google-silent" => {
            "Google does not answer at the moment. Try again in a minute, or use your password."
        }
        "google-stale" => "This sign-in took too long or was started in another window. Start again here.",
        "google-refused" => {
            "Google did not confirm the sign-in. Start again, and choose an account when Google asks."
        }
        "google-unverified" => {
            "Google has not verified the e-mail address of this account. Verify it with Google, then start again."
        }
        "google-other-account" => {
            "This e-mail address already has an account that is signed in to in another way: with its password, or with the Google account it was made with. Sign in that way, then connect Google under your account."
        }
        "google-other-domain" => {
            "This instance takes Google accounts of one organisation only, and yours is none of them. Choose another account when Google asks."
        }
        "google-not-you" => {
            "Google confirmed somebody else, or did not ask for the password again. Start again with your own account."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::google_address;

    #[test]
    fn the_way_to_google_remembers_where_it_is_to_end() {
        assert_eq!(google_address("", None), "/sign-in/google");
        assert_eq!(google_address("/w/a?b=c&d", None), "/sign-in/google?next=/w/a%3Fb%3Dc%26d");
        assert_eq!(google_address("/account", Some("proof")), "/sign-in/google?for=proof&next=/account");
    }
}
