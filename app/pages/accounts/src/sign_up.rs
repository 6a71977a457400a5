//! The sign-up page.

use api::FormState;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Button, ButtonKind, Card, FormField, InputKind, Notice, PasswordInput, PasswordUse, PublicShell,
    PublicWidth, Requirement, TextInput, Tone,
};

use crate::{
    functions::{SignUp, get_google_is_set_up},
    sign_in::GoogleButton,
};

const FIELDS: [&str; 4] = ["name", "email", "company", "password"];

/// Makes an account with a password, or with Google.
#[component]
pub(crate) fn SignUpPage() -> impl IntoView {
    let action = ServerAction::<SignUp>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let google = Resource::new_blocking(|| (), |()| get_google_is_set_up());
    let field_error = move |field: &'static str| Signal::derive(move || state.read().error(field));
    let typed = move |field: &'static str| Signal::derive(move || state.read().typed(field, ""));
    view! {
        <Title text="Sign up" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Start with your own numbers"</h1>
            <Card>
                <GoogleButton is_set_up=google words="Sign up with Google" />
                <ActionForm action=action attr:class="form" attr:novalidate=true>
                    {move || state.read().general(&FIELDS).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                    <FormField name="input[name]" label="Your name" error=field_error("name") requirement=Requirement::Required>
                        <TextInput value=typed("name") autocomplete="name" />
                    </FormField>
                    <FormField name="input[email]" label="Work e-mail" error=field_error("email") requirement=Requirement::Required>
                        <TextInput kind=InputKind::Email value=typed("email") autocomplete="email" />
                    </FormField>
                    <FormField
                        name="input[company]"
                        label="Company"
                        hint="The company whose numbers you bring. You can add more later."
                        error=field_error("company")
                        requirement=Requirement::Required
                    >
                        <TextInput value=typed("company") autocomplete="organization" />
                    </FormField>
                    <FormField
                        name="input[password]"
                        label="Password"
                        hint="At least 15 characters. A sentence of a few words is easy to remember."
                        error=field_error("password")
                        requirement=Requirement::Required
                    >
                        <PasswordInput usage=PasswordUse::New />
                    </FormField>
                    <Button kind=ButtonKind::Primary>"Create account"</Button>
                </ActionForm>
            </Card>
            <p class="text-s">"You have an account? " <a href="/sign-in">"Sign in"</a></p>
        </PublicShell>
    }
}
