//! The home page: what Quartile does, for strangers.

use accounts_pages::get_visitor;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use ui::{ButtonKind, LinkButton, PlainLink, PublicShell, ThemeSwitch};

/// The links of every public page.
pub(crate) fn public_links() -> Vec<PlainLink> {
    vec![PlainLink::new("Demo", "/demo"), PlainLink::new("Method", "/method")]
}

/// What Quartile does, with the way in.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let visitor = Resource::new_blocking(|| (), |()| get_visitor());
    view! {
        <Title text="Know where you stand" />
        <Meta
            name="description"
            content="Upload one spreadsheet and see your company beside honest, anonymous peers, with the uncertainty said out loud."
        />
        <PublicShell
            links=public_links()
            actions=move || {
                view! {
                    <Suspense>
                        {move || Suspend::new(async move {
                            match visitor.await.ok().flatten() {
                                Some(home) => view! { <LinkButton href=home>"Open your workspace"</LinkButton> }.into_any(),
                                None => view! {
                                    <LinkButton href="/sign-in">"Sign in"</LinkButton>
                                    <LinkButton href="/sign-up" kind=ButtonKind::Primary>"Start with a CSV"</LinkButton>
                                }
                                    .into_any(),
                            }
                        })}
                    </Suspense>
                }
            }
            footer=|| view! { <ThemeSwitch return_to="/".to_owned() /> }
        >
            <Hero />
            <Promises />
        </PublicShell>
    }
}

#[component]
fn Hero() -> impl IntoView {
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>"Know where" <br /> "you stand."</h1>
                <p class="hero-lead">
                    "Upload one spreadsheet. See your company beside honest, anonymous peers of the same industry, size and stage, with the uncertainty said out loud. Take a report your board will accept."
                </p>
                <div class="hero-ways">
                    <LinkButton href="/sign-up" kind=ButtonKind::Primary>"Start with a CSV"</LinkButton>
                    <LinkButton href="/demo">"Look at a demo company"</LinkButton>
                </div>
                <p class="muted text-s">"Open source. Runs on your own machine from one program. No connectors needed."</p>
            </div>
        </section>
    }
}

#[component]
fn Promises() -> impl IntoView {
    const PROMISES: [(&str, &str); 3] = [
        (
            "Honest or silent",
            "Every rank carries its interval and its number of peers. Too few peers, and Quartile says so instead of guessing.",
        ),
        (
            "Useful on day one",
            "No other company on your instance yet? Published figures, with source, year and sample size, stand in until there is.",
        ),
        (
            "Yours to check",
            "Each figure opens to its formula, its inputs and the rows of your file. Page, CSV and PDF agree to the last digit.",
        ),
    ];
    let promises = PROMISES.map(|(title, sentence)| {
        view! {
            <div class="promise">
                <h2>{title}</h2>
                <p>{sentence}</p>
            </div>
        }
    });
    view! { <section class="promises" aria-label="What you can rely on">{promises}</section> }
}
